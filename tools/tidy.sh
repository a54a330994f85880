#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# tidy.sh - checks the style that a program can check, and prints what breaks it.
#
#   tools/tidy.sh BUILD [FOLDER]    BUILD: folder with the objects of the floors;
#                                   FOLDER: the top of the source tree, default: here
#
# Layout by clang-format, lines of at most 100 columns, functions of 60 lines, C files of 500
# (a warning only: models of 150, tests and benchmarks of 500), no blanks at line ends, no notes
# of work to do, a licence line in every file and its own name in those of C, base to models
# without functions that depend on clock, locale or luck, no writable data below cli, and what
# scripts get from shellcheck.
set -uo pipefail
shopt -s lastpipe # report() at the end of a pipe sets `bad` here
build=$(realpath "$1")
cd "${2:-.}" || exit 2
bad=0

report() { # TITLE: prints the lines of standard input under it; any line is a failure
    local lines
    lines=$(cat)
    [[ -n $lines ]] || return 0
    printf '%s:\n  %s\n' "$1" "${lines//$'\n'/$'\n'  }"
    bad=1
}

files() { # PATTERN...: our files of these names
    local names=()
    for pattern in "$@"; do names+=(-o -name "$pattern"); done
    find . \( -name .git -o -path ./build -o -path ./results \) -prune -o \
        -type f \( "${names[@]:1}" \) -print | sed 's,^\./,,' | LC_ALL=C sort
}

objects() { # FLOOR...: their object files
    local floor
    for floor in "$@"; do find "$build/$floor" -name '*.o' 2>/dev/null; done | LC_ALL=C sort
}

mapfile -t c_files < <(files '*.c' '*.h')
mapfile -t texts < <(files '*.c' '*.h' '*.sh' '*.bats' '*.sql' '*.def' '*.yaml' '*.mk' \
    '*.js' '*.css' Makefile run)

if command -v clang-format >/dev/null; then
    clang-format --dry-run -Werror "${c_files[@]}" 2>&1 | grep -oE '^[^: ]+:' | sort -u |
        report "not laid out by .clang-format (make format)"
else
    echo "missing: clang-format (make deps DEV=1)" | report "cannot check"
fi
if command -v shellcheck >/dev/null; then
    files '*.sh' run | xargs -r shellcheck -f gcc 2>&1 | report "shellcheck"
else
    echo "missing: shellcheck (make deps DEV=1)" | report "cannot check"
fi

grep -nHE '^.{101}' "${texts[@]}" | cut -c 1-90 |
    report "lines over 100 columns"
grep -nHE '[[:blank:]]+$' "${texts[@]}" | report "blanks at the end of a line"
grep -nHwE 'TO''DO|FIX''ME|X''XX' "${texts[@]}" | report "work left to do (open an issue instead)"
grep -L 'SPDX-License-Identifier: GPL-3.0-or-later' "${texts[@]}" | report "no licence line"

# NAME.c - what it is: in the second line, or the third behind a line that opens a comment.
awk 'FNR == 1 { name = FILENAME; sub(/.*\//, "", name); found = 0 }
     FNR == 2 || FNR == 3 {
         word = $1 == "/*" ? $2 : $1 == "*" ? $2 : ""
         if (FNR == 2 && $0 == "/*") next
         if (!found && word ~ /\.[ch]$/ && word != name) print FILENAME ": says " word
         found = 1 }' "${c_files[@]}" | report "files that call themselves something else"
awk 'FNR == 1 { start = 0 }
     /^\{/ { start = FNR }
     /^\}/ && start { if (FNR - start - 1 > 60)
                          print FILENAME ":" start ": " FNR - start - 1 " lines"
                      start = 0 }' "${c_files[@]}" | report "functions over 60 lines"
long_files() { awk '$2 != "total" && $1 > 500 { print $2 ": " $1 " lines" }'; }
grep -vE '^(bench|tests)/' < <(printf '%s\n' "${c_files[@]}") | xargs -r wc -l | long_files |
    report "files over 500 lines"
grep -E '^(bench|tests)/' < <(printf '%s\n' "${c_files[@]}") | xargs -r wc -l | long_files |
    sed 's/^/warning: /'
wc -l models/*.c 2>/dev/null | awk '$2 != "total" && $1 > 150 {
    print "warning: " $2 ": " $1 " lines; a model of over 150 is probably two ideas" }'

banned='rand|random|rand_r|drand48|strcpy|strcat|sprintf|atoi|atof'
banned+='|time|gettimeofday|clock_gettime|localtime|getenv'
objects base sim models | xargs -r nm -uA 2>/dev/null | grep -E " ($banned)\$" |
    report "calls that base, sim and models must not make"
objects base sim models experiment analysis | while read -r object; do
    objdump -t "$object" | awk -v object="${object#"$build"/}" \
        '/ O \.(data|bss|tdata|tbss)[ \t.]/ && !/ \.data\.rel\.ro/ { print object ": " $NF }'
done | report "writable data below cli/"

exit $bad
