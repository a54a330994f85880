#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# `make install` puts a working program, its manual, its documentation, its scenarios and what
# completes its commands under PREFIX below DESTDIR, and `make uninstall` removes all of it.

setup_file() {
    cd "$BATS_TEST_DIRNAME/../.."
    export DESTDIR=$BATS_FILE_TMPDIR/root PREFIX=/opt/gossip
    export share=$DESTDIR$PREFIX/share
    make -s install
}

setup() { cd "$BATS_TEST_DIRNAME/../.."; }

@test "what is installed works" {
    "$DESTDIR$PREFIX/bin/gossipsim" --version
    grep -q '^.SH COMMANDS' "$share/man/man1/gossipsim.1"
    for scenario in scenarios/*.yaml; do
        cmp "$scenario" "$share/gossipsim/$scenario"
    done
    "$DESTDIR$PREFIX/bin/gossipsim" schema | cmp - "$share/gossipsim/gossipsim.schema.json"
}

@test "every page of the documentation is there, and its links lead somewhere" {
    local page link broken=0
    local -A looked_at
    for page in README.md docs/*.md docs/*.svg results/README.md; do
        cmp "$page" "$share/doc/gossipsim/$page"
    done
    cd "$share/doc/gossipsim"
    while IFS=: read -r page link; do
        link=${link#*(}
        link=${link%)}
        link=${link%%#*}
        # The source is not installed.
        [[ $link =~ ^(\.\./)?(models|sim|experiment|analysis|base|cli|tests|bench|tools)/ ]] &&
            continue
        [[ -z $link || $link == http* || -n ${looked_at[$page:$link]-} ]] && continue
        looked_at[$page:$link]=yes
        [[ $page == */* ]] && link=${page%/*}/$link
        [[ -e $link ]] || { echo "$page: $link" && broken=1; }
    done < <(grep -oHE '\]\([^)]+\)' README.md docs/*.md results/README.md)
    [ $broken -eq 0 ]
}

# What bash offers for a command line, one a line; the last word is the one to complete.
offer() { # WORD...
    bash -c '
        source "$share/bash-completion/completions/gossipsim"
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        $(complete -p gossipsim | sed "s/.*-F \([^ ]*\) .*/\1/")
        printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}

@test "bash: commands, all their options, words and files" {
    local verb option
    [ "$(offer gossipsim ch)" = check ]
    offer gossipsim '' >verbs
    offer gossipsim help '' >verbs-of-help
    for verb in $(./gossipsim help | sed -n 's/^  \([a-z]*\)  .*/\1/p'); do
        grep -qx "$verb" verbs
        grep -qx "$verb" verbs-of-help
        offer gossipsim "$verb" - >offered
        ./gossipsim help "$verb" >help
        sed -n 's/^ .*[ ]\(--[a-z-]*\).*/\1/p' help | sort -u >options
        grep -vxFf offered options && { echo "is not offered: $verb"; false; }
        # ... and nothing else.
        while read -r option; do
            [[ $(<help) == *" $option"* || $option == --help ]]
        done <offered
    done
    rm offered help options verbs verbs-of-help
    [ "$(offer gossipsim plot x.db --kind res)" = residue ]
    [ "$(offer gossipsim plot x.db --kind = res)" = residue ]
    [ "$(offer gossipsim models anti)" = anti-entropy ]
    [ "$(offer gossipsim export x.db sam)" = samples ]
    [ "$(offer gossipsim export --format json x.db sam)" = samples ]
    [ "$(offer gossipsim report x.db --metric t_al | head -1)" = t_all ]
    [ -z "$(offer gossipsim run --seed '')" ]
    [ -z "$(offer gossipsim frobnicate '')" ]
}

@test "bash: a scenario is a .yaml, a database a .db, an output any file" {
    cd "$BATS_TEST_TMPDIR"
    mkdir some
    touch s.yaml 's p.yaml' s.db s.svg
    [ "$(offer gossipsim run s | sort | paste -sd:)" = 's p.yaml:s.yaml:some' ]
    [ "$(offer gossipsim report s | sort | paste -sd:)" = 's.db:some' ]
    [ "$(offer gossipsim run x.yaml -o s. | sort | paste -sd:)" = 's.db:s.svg:s.yaml' ]
    [ "$(offer gossipsim plot x.db --keep s)" = some ]
}

@test "fish offers the same" {
    command -v fish >/dev/null || skip "no fish"
    offer_fish() { # LINE
        HOME=$BATS_TEST_TMPDIR fish --no-config -c '
            source $share/fish/vendor_completions.d/gossipsim.fish; and complete -C $argv' "$1" |
            cut -f1
    }
    [ "$(offer_fish 'gossipsim ch')" = check ]
    [ "$(offer_fish 'gossipsim run --se' | paste -sd:)" = --seed:--set ]
    [ "$(offer_fish 'gossipsim plot x.db --kind res')" = residue ]
    [ "$(offer_fish 'gossipsim check scenarios/fir')" = scenarios/first.yaml ]
    [ "$(offer_fish 'gossipsim run x.yaml -o READ')" = README.md ]
}

@test "zsh reads its completion" {
    command -v zsh >/dev/null || skip "no zsh"
    zsh -n "$share/zsh/site-functions/_gossipsim"
    head -1 "$share/zsh/site-functions/_gossipsim" | grep -qx '#compdef gossipsim'
    # The specifications of every command, as _arguments takes them apart.
    run zsh -fc '
        autoload -Uz compinit && compinit -D -u
        for verb in $(./gossipsim help | sed -n "s/^  \([a-z]*\)  .*/\1/p"); do
            _arguments() {
                print -r -- $verb ${#@}
                for spec; do
                    [[ $spec != -* && $spec != *\[*\]* && $spec != <->:* ]] && print bad $spec
                done
            }
            words=(gossipsim $verb "") CURRENT=3
            source $share/zsh/site-functions/_gossipsim
            true
        done'
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output != *bad* ]]
    [ "${#lines[@]}" -eq "$(./gossipsim help | grep -c '^  [a-z]*  ')" ]
}

@test "uninstall leaves nothing" {
    make -s uninstall
    [ -z "$(find "$DESTDIR" -type f -o -type l)" ]
}
