#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# deps.sh - the programs and libraries that gossipsim needs, and how to get them.
#
#   tools/deps.sh check GROUP...       says what is missing; exit 1 if anything is
#   tools/deps.sh install [GROUP...]   installs what is missing with apt-get
#
# Groups: build (what compiling needs), run (what the program calls), test, dev (what `make tidy`,
# the counts of instructions and the tests of pandas need), site (what `make site` needs).  install
# takes build, run, test and the groups named.  A thing counts as there when it can be used, whoever
# put it there: systems without apt-get only need it under another name.
set -euo pipefail

# group, Debian package, and how to find it: a program, a library known to pkg-config, a module of
# Python, a theme of mkdocs, or what a compiler needs to link with sanitizers (`-`: its package
# bears the compiler's version)
table='
build make            program make
build pkg-config      program pkg-config
build libglib2.0-dev  library glib-2.0
build libsqlite3-dev  library sqlite3
build libyaml-dev     library yaml-0.1
build libgsl-dev      library gsl
build libigraph-dev   library igraph
run   gnuplot-nox     program gnuplot
test  libcmocka-dev   library cmocka
test  bats            program bats
test  sqlite3         program sqlite3
test  libxml2-utils   program xmllint
test  python3-jsonschema module jsonschema
test  python3-yaml    module yaml
test  slurmctld       program slurmctld
test  slurmd          program slurmd
test  slurm-client    program sbatch
test  parallel        program parallel
test  chromium        program chromium
test  chromium-driver program chromedriver
test  python3-selenium module selenium
dev   clang           program clang
dev   -               sanitizers clang
dev   clang-format    program clang-format
dev   shellcheck      program shellcheck
dev   valgrind        program valgrind
dev   python3-pandas  module pandas
site  mkdocs          program mkdocs
site  mkdocs-material theme material
'

links_sanitizers() { # COMPILER; true also where it is not there: that is said already
    command -v "$1" >/dev/null || return 0
    "$1" -fsanitize=address,undefined -x c -o /dev/null - 2>/dev/null \
        <<<'int main(void) { return 0; }'
}

runtime_package() { # clang: where Debian keeps the sanitizers of the version that is there
    local version
    version=$("$1" -dumpversion)
    echo "libclang-rt-${version%%.*}-dev"
}

find_program() { # NAME; daemons stand where users' paths may not lead
    command -v "$1" || { [[ $1 == slurm* && -x /usr/sbin/$1 ]]; }
}

has_theme() { # NAME; the help of mkdocs lists the themes that it finds
    command -v mkdocs >/dev/null && mkdocs build --help | grep -wq -- "$1"
}

has_module() { # NAME; Debian's are those of the system's Python, which need not be the first
    python3 -c "import $1" 2>/dev/null || /usr/bin/python3 -c "import $1" 2>/dev/null
}

missing() { # GROUP...: the packages of these groups that are not there
    local group package kind name
    while read -r group package kind name; do
        [[ " $* " == *" $group "* ]] || continue
        case $kind in
        program) find_program "$name" >/dev/null || echo "$package" ;;
        library) pkg-config --exists "$name" 2>/dev/null || echo "$package" ;;
        sanitizers) links_sanitizers "$name" || runtime_package "$name" ;;
        theme) has_theme "$name" || echo "$package" ;;
        module) has_module "$name" || echo "$package" ;;
        esac
    done <<<"$(grep . <<<"$table")"
}

as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    else
        sudo "$@"
    fi
}

install_missing() { # GROUP...
    local packages
    mapfile -t packages < <(missing "$@")
    ((${#packages[@]})) || return 0
    echo "missing: ${packages[*]}"
    if ! command -v apt-get >/dev/null; then
        echo "No apt-get here: install these (Debian's names) by your system's means." >&2
        return 1
    fi
    if [[ $(id -u) != 0 ]] && ! command -v sudo >/dev/null; then
        echo "Neither root nor sudo: ask someone to run  apt-get install ${packages[*]}" >&2
        return 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    as_root apt-get update -q
    as_root apt-get install -q -y --no-install-recommends "${packages[@]}"
}

command=${1:-}
shift || true
case $command in
check) ;;
install)
    set -- build run test "$@"
    install_missing "$@" || exit 1
    install_missing "$@" || exit 1 # what depends on the version of what has come
    ;;
*)
    echo "usage: tools/deps.sh check|install [GROUP...]" >&2
    exit 2
    ;;
esac

left=$(missing "$@" | tr '\n' ' ')
if [[ -n $left ]]; then
    echo "missing: ${left% }" >&2
    [[ $command == install ]] || echo "'make deps' installs them (Debian packages)." >&2
    exit 1
fi
