#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# On a machine with nothing but a compiler and make, `make deps` asks apt-get for what is missing
# and for nothing else, and where it cannot install it says what to install.

deps=$BATS_TEST_DIRNAME/../../tools/deps.sh

setup() {
    # A path with the few programs that every system has.
    bin=$BATS_TEST_TMPDIR/bin
    mkdir "$bin"
    for name in bash env grep id tr cat make chmod; do ln -s "$(command -v $name)" "$bin"; done
}

run_deps() { # ARGUMENT...
    run env PATH="$bin" bash "$deps" "$@"
    echo "$output"
}

fake() { # NAME: a program with the script on standard input
    rm -f "$bin/$1" # it may be a link
    { echo "#!$bin/bash"; cat; } >"$bin/$1"
    chmod +x "$bin/$1"
}

@test "check names what building lacks and how to get it" {
    run_deps check build
    [ "$status" -eq 1 ]
    [[ $output == *pkg-config* && $output == *libsqlite3-dev* && $output == *"make deps"* ]]
    [[ $output != *bats* ]]
}

@test "install without apt-get says what to install" {
    run_deps install
    [ "$status" -eq 1 ]
    [[ $output == *apt-get* && $output == *libyaml-dev* && $output == *bats* ]]
}

@test "install gets what is missing, and only that" {
    fake bats <<<''
    # Installs programs and a pkg-config that knows every library.
    fake apt-get <<'SH'
echo "apt-get $*" >>"$BATS_TEST_TMPDIR/asked"
[[ $1 == install ]] || exit 0
for name in pkg-config gnuplot sqlite3 python3 xmllint slurmctld slurmd sbatch parallel \
    chromium chromedriver; do
    echo "#!$BASH" >"${0%/*}/$name"
    chmod +x "${0%/*}/$name"
done
SH
    fake id <<<'echo 0'
    run_deps install
    [ "$status" -eq 0 ]
    grep -q 'apt-get install .*libcmocka-dev' "$BATS_TEST_TMPDIR/asked"
    ! grep -q 'bats' "$BATS_TEST_TMPDIR/asked" || false
    ! grep -q 'clang' "$BATS_TEST_TMPDIR/asked" || false
    run_deps install
    [ "$status" -eq 0 ]
    [ "$(grep -c install "$BATS_TEST_TMPDIR/asked")" -eq 1 ]
}

@test "an install that leaves something missing fails and says what" {
    fake id <<<'echo 0'
    fake apt-get <<<'exit 0'
    run_deps install
    [ "$status" -eq 1 ]
    [[ ${lines[-1]} == missing:*libgsl-dev* ]]
}

@test "a stranger without sudo is told what to ask for" {
    fake id <<<'echo 1000'
    fake apt-get <<<'exit 0'
    run_deps install
    [ "$status" -eq 1 ]
    [[ $output == *"apt-get install"*libglib2.0-dev* ]]
}

@test "a clang that cannot link sanitizers gets those of its version, even if it has just come" {
    for name in pkg-config bats gnuplot sqlite3 xmllint python3 slurmctld slurmd sbatch parallel \
        chromium chromedriver clang-format shellcheck valgrind; do
        fake $name <<<''
    done
    # Installs a clang of version 16, and then what it links with.
    fake apt-get <<'SH'
echo "apt-get $*" >>"$BATS_TEST_TMPDIR/asked"
case $* in
install*libclang-rt-16-dev*) touch "$BATS_TEST_TMPDIR/runtime" ;;
install*clang*)
    { echo "#!$BASH"; echo '[[ $1 != -dumpversion ]] || { echo 16.0.6; exit; }'
      echo '[[ -e $BATS_TEST_TMPDIR/runtime ]]'; } >"${0%/*}/clang"
    chmod +x "${0%/*}/clang"
    ;;
esac
SH
    ln -s "$(command -v touch)" "$bin"
    fake id <<<'echo 0'
    run_deps install dev
    [ "$status" -eq 0 ]
    grep -q 'apt-get install .* clang$' "$BATS_TEST_TMPDIR/asked"
    grep -q 'apt-get install .* libclang-rt-16-dev$' "$BATS_TEST_TMPDIR/asked"
    run_deps install dev
    [ "$status" -eq 0 ]
    [ "$(grep -c install "$BATS_TEST_TMPDIR/asked")" -eq 2 ]
}
