#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# completions.sh - writes the completion of gossipsim for a shell from what the program says.
#
#   tools/completions.sh bash|zsh|fish ./gossipsim >FILE
#
# Commands, options, what they take and what it means come from `help` and every command's help,
# models from `models`, metrics from `help metrics`: there is no list to keep here.
set -euo pipefail
shell=$1 program=$2

mapfile -t verbs < <("$program" help | sed -nE 's/^  ([a-z]+)  .*/\1/p')
models=$("$program" models | sed -nE 's/^  ([a-z-]+) .*/\1/p' | paste -sd' ')
metrics=$("$program" help metrics | sed -nE 's/^  ([a-z][a-z0-9_]*) .*/\1/p' | paste -sd' ')

summary() { # VERB
    "$program" help | sed -nE "s/^  $1  +(.*)/\\1/p"
}

# What completes a word that the help calls NAME: `files PATTERN`, `words WORD...` or nothing.
completer() { # NAME DESCRIPTION
    local plain=${2// \(*default\)/}
    case $1 in
    SCENARIO) echo "files yaml" ;;
    DB) echo "files db" ;;
    FILE) echo "files" ;;
    DIR) echo "folders" ;;
    MODEL) echo "words $models" ;;
    NAME) [[ $2 == *metric* || $2 == *column* ]] && echo "words $metrics" ;;
    *\|*) echo "words ${1//|/ }" ;;
    *)  # `convergence (default), residue or sweep`
        if [[ $plain =~ ^[a-z]+(, [a-z]+)*\ or\ [a-z]+$ ]]; then
            plain=${plain//, / }
            echo "words ${plain/ or / }"
        fi
        ;;
    esac || true
}

# A line for each option: long, short (or -), argument (or -), description; between them tabs.
options() { # VERB
    "$program" help "$1" | awk '
        function finish() {
            if (long != "") printf "%s\t%s\t%s\t%s\n", long, short, argument, text
            long = ""
        }
        /^[a-z]+:$/ { exit }
        /^  (-., |    )--/ {
            finish()
            short = $1 ~ /^-.,$/ ? substr($1, 2, 1) : "-"
            line = $0
            sub(/^ *(-., )? */, "", line)
            long = line
            sub(/ .*/, "", long)
            sub(/^--/, "", long)
            rest = substr(line, length(long) + 3)
            argument = "-"
            if (rest ~ /^ [^ ]/) {
                argument = substr(rest, 2)
                sub(/ .*/, "", argument)
                rest = substr(rest, length(argument) + 2)
            }
            text = rest
            sub(/^ +/, "", text)
            next
        }
        long != "" && /^ +[^ ]/ { sub(/^ +/, ""); text = text (text == "" ? "" : " ") $0 }
        END { finish() }'
}

# The names of the arguments, one a line.
arguments() { # VERB
    local word usage
    usage=$("$program" help "$1" | sed -nE "s/\\([^)]*\\)//; s/^usage: gossipsim $1 (.*)/\\1/p")
    for word in $usage; do
        word=${word#[}
        word=${word%]}
        [[ $word == *[A-Z]* || $word == *[a-z]\|[a-z]* ]] || continue
        [[ $word == *\>* ]] || echo "$word"
    done
}

# ---------------------------------------------------------------------------------------- bash

bash_completer() { # COMPLETER: the command that fills COMPREPLY
    case ${1%% *} in
    words) echo "_gossipsim_words '${1#words }'" ;;
    files) [[ $1 == files ]] && echo "_gossipsim_files ''" || echo "_gossipsim_files ${1#files }" ;;
    folders) echo "_gossipsim_files /" ;;
    esac
}

bash_verb() { # VERB
    local long short argument text taking="" all="--help" name number=0 what pattern free=""
    while IFS=$'\t' read -r long short argument text; do
        all+=" --$long"
        [[ $argument == - ]] && continue
        taking+=" --$long"
        [[ $short == - ]] || taking+=" -$short"
        pattern="$1:--$long"
        [[ $short == - ]] || pattern+=" | $1:-$short"
        what=$(completer "$argument" "$text")
        if [[ $what ]]; then
            echo "    $pattern)"
            echo "        $(bash_completer "$what")"
            echo "        return"
            echo "        ;;"
        else
            free+="${free:+ | }$pattern"
        fi
    done < <(options "$1")
    [[ ! $free ]] || echo "    $free) return ;;"
    echo "    $1:*)"
    echo "        options='$all' taking='$taking '"
    echo "        ;;"
    for name in $(arguments "$1"); do
        number=$((number + 1))
        echo "$1:$number) $(bash_completer "$(completer "$name" "")") ;;" >&3
    done
}

write_bash() {
    local verb places
    places=$(mktemp)
    cat <<'BASH'
# bash completion for gossipsim, made by tools/completions.sh

_gossipsim_words() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

# Files with an ending, all files without one; folders always.
_gossipsim_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(
        compgen -d -- "$cur"
        case $1 in
        /) ;;
        '') compgen -f -- "$cur" ;;
        *) compgen -f -X "!*.$1" -- "$cur" ;;
        esac | while IFS= read -r name; do [[ -d $name ]] || printf '%s\n' "$name"; done
    )
}

_gossipsim() {
    local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local verb=${COMP_WORDS[1]} options='' taking='' place=1 i
    COMPREPLY=()
    # `--kind=sweep` comes as three words.
    [[ $cur != = ]] || cur=
    [[ $previous != = ]] || previous=${COMP_WORDS[COMP_CWORD - 2]}
    if ((COMP_CWORD == 1)); then
BASH
    echo "        _gossipsim_words '${verbs[*]} help --help --version'"
    cat <<'BASH'
        return
    fi
    case $verb:$previous in
BASH
    for verb in "${verbs[@]}"; do bash_verb "$verb"; done 3>"$places"
    cat <<'BASH'
    esac
    if [[ $cur == -* ]]; then
        _gossipsim_words "$options"
        return
    fi
    for ((i = 2; i < COMP_CWORD; i++)); do
        if [[ $taking == *" ${COMP_WORDS[i]} "* ]]; then
            i=$((i + 1))
        elif [[ ${COMP_WORDS[i]} != -* ]]; then
            place=$((place + 1))
        fi
    done
    case $verb:$place in
BASH
    sed 's/^/    /' "$places"
    echo "    help:1) _gossipsim_words '${verbs[*]} metrics' ;;"
    cat <<'BASH'
    esac
}

complete -F _gossipsim gossipsim
BASH
    rm "$places"
}

# ----------------------------------------------------------------------------------------- zsh

zsh_text() { # TEXT: as it may stand in a description within single quotes
    sed -e 's/[]:\\[]/\\&/g' -e "s/'/'\\\\''/g" <<<"$1"
}

zsh_completer() { # COMPLETER
    case ${1%% *} in
    words) echo "(${1#words })" ;;
    files) [[ $1 == files ]] && echo _files || echo "_files -g \"*.${1#files }(-.)\"" ;;
    folders) echo "_files -/" ;;
    *) echo " " ;;
    esac
}

zsh_verb() { # VERB
    local long short argument text start what name number=0
    echo "    $1)"
    echo "        _arguments -s \\"
    while IFS=$'\t' read -r long short argument text; do
        start="(--$long)" what="--$long"
        [[ $text == *"(repeatable)"* ]] && start='*'
        if [[ $argument != - ]]; then
            what="--$long="
            [[ $short == - ]] || what="{-$short+,--$long=}"
        elif [[ $short != - ]]; then
            what="{-$short,--$long}"
        fi
        [[ $short == - || $start == '*' ]] || start="(-$short --$long)"
        printf "            '%s'%s'[%s]" "$start" "$what" "$(zsh_text "$text")"
        [[ $argument == - ]] || printf ':%s:%s' "$(zsh_text "$argument")" \
            "$(zsh_completer "$(completer "$argument" "$text")")"
        printf "' \\\\\n"
    done < <(options "$1")
    for name in $(arguments "$1"); do
        number=$((number + 1))
        printf "            '%d:%s:%s' \\\\\n" "$number" "$(zsh_text "$name")" \
            "$(zsh_completer "$(completer "$name" "")")"
    done
    echo "            '(- *)'{-h,--help}'[explain the command]'"
    echo "        ;;"
}

write_zsh() {
    local verb
    cat <<'ZSH'
#compdef gossipsim
# zsh completion for gossipsim, made by tools/completions.sh

_gossipsim() {
    local -a verbs
    verbs=(
ZSH
    for verb in "${verbs[@]}"; do
        echo "        '$verb:$(zsh_text "$(summary "$verb")")'"
    done
    cat <<'ZSH'
        'help:explain a command'
    )
    if ((CURRENT == 2)); then
        _describe command verbs
        return
    fi
    local verb=$words[2]
    shift words
    ((CURRENT--))
    case $verb in
ZSH
    for verb in "${verbs[@]}"; do zsh_verb "$verb"; done
    cat <<ZSH
    help)
        _arguments '1:command:(${verbs[*]} metrics)'
        ;;
    esac
}

_gossipsim "\$@"
ZSH
}

# ---------------------------------------------------------------------------------------- fish

fish_text() { # TEXT: in single quotes
    sed -e "s/[\\\\']/\\\\&/g" -e "s/^/'/" -e "s/\$/'/" <<<"$1"
}

fish_completer() { # COMPLETER: options of `complete`
    case ${1%% *} in
    words) echo " -x -a $(fish_text "${1#words }")" ;;
    files)
        [[ $1 == files ]] && echo " -r -F" ||
            echo " -x -k -a '(__fish_complete_suffix .${1#files })'"
        ;;
    folders) echo " -x -a '(__fish_complete_directories)'" ;;
    *) echo " -x" ;;
    esac
}

fish_verb() { # VERB
    local long short argument text name start
    start="complete -c gossipsim -n '__fish_seen_subcommand_from $1'"
    while IFS=$'\t' read -r long short argument text; do
        printf '%s -l %s' "$start" "$long"
        [[ $short == - ]] || printf ' -s %s' "$short"
        [[ $argument == - ]] ||
            printf '%s' "$(fish_completer "$(completer "$argument" "$text")")"
        printf ' -d %s\n' "$(fish_text "$text")"
    done < <(options "$1")
    for name in $(arguments "$1"); do
        echo "$start$(fish_completer "$(completer "$name" "")" | sed 's/ -[xr] / /')"
    done
}

write_fish() {
    local verb
    cat <<'FISH'
# fish completion for gossipsim, made by tools/completions.sh
complete -c gossipsim -f
complete -c gossipsim -s h -l help -d 'explain the command'
complete -c gossipsim -n __fish_use_subcommand -l version -d 'tell the version'
complete -c gossipsim -n __fish_use_subcommand -a help -d 'explain a command'
FISH
    echo "complete -c gossipsim -n '__fish_seen_subcommand_from help' -a '${verbs[*]} metrics'"
    for verb in "${verbs[@]}"; do
        echo "complete -c gossipsim -n __fish_use_subcommand -a $verb -d" \
            "$(fish_text "$(summary "$verb")")"
        fish_verb "$verb"
    done
}

case $shell in
bash | zsh | fish) "write_$shell" ;;
*)
    echo "usage: tools/completions.sh bash|zsh|fish PROGRAM" >&2
    exit 2
    ;;
esac
