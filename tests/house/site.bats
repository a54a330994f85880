#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The site of the documentation (mkdocs.yml): it builds without a warning, every link and anchor in
# it leads somewhere, and a page asks the network for nothing.

cd_to_the_top() {
    cd "$BATS_TEST_DIRNAME/../.."
}

needs_the_generator() {
    [ -n "${CI-}" ] || tools/deps.sh check site 2>/dev/null || skip "no mkdocs with mkdocs-material"
}

@test "the site builds, its links lead somewhere, and it asks for nothing from elsewhere" {
    cd_to_the_top
    needs_the_generator
    export GOSSIPSIM=${GOSSIPSIM:-$PWD/gossipsim}
    mkdocs build --site-dir "$BATS_TEST_TMPDIR/site"
    python3 - "$BATS_TEST_TMPDIR/site" <<'PY'
import glob, os, re, sys
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

top = sys.argv[1]
pages = {}
wrong = []


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.links = set(), []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids |= {attributes.get("id"), tag == "a" and attributes.get("name")}
        for name in ("href", "src", "data", "srcset", "poster"):
            if attributes.get(name):
                self.links.append((tag, attributes[name]))


for path in glob.glob(f"{top}/**/*.html", recursive=True):
    pages[path] = Page()
    with open(path, encoding="utf-8") as file:
        pages[path].feed(file.read())
for path, page in pages.items():
    for tag, link in page.links:
        parts = urlsplit(link)
        where = f"{os.path.relpath(path, top)}: <{tag}> {link}"
        if parts.scheme == "data":
            continue
        if parts.scheme or parts.netloc:
            if tag != "a":
                wrong.append(f"{where}: from elsewhere")
            continue
        folder = top if parts.path.startswith("/") else os.path.dirname(path)
        target = os.path.normpath(os.path.join(folder, unquote(parts.path).lstrip("/")))
        target = target if parts.path else path
        if not os.path.isfile(target):
            wrong.append(f"{where}: no such file")
        elif parts.fragment and target in pages and \
                unquote(parts.fragment) not in pages[target].ids:
            wrong.append(f"{where}: no such anchor")
for path in glob.glob(f"{top}/**/*.css", recursive=True):
    with open(path, encoding="utf-8") as file:
        wrong += [f"{path}: {url}" for url in
                  re.findall(r"(?:url\(|@import\s*)['\"]?(?:https?:)?//[^)]*", file.read())]
if len(pages) < 30:
    wrong.append(f"only {len(pages)} pages")
print("\n".join(wrong))
sys.exit(bool(wrong))
PY
}

@test "a link that leads nowhere fails the build, and so does a page out of the navigation" {
    cd_to_the_top
    needs_the_generator
    mkdir -p "$BATS_TEST_TMPDIR"/tree/{tools,docs,results}
    cp -r tools/site "$BATS_TEST_TMPDIR/tree/tools"
    sed '/^nav:/,$d' mkdocs.yml >"$BATS_TEST_TMPDIR/tree/mkdocs.yml"
    cd "$BATS_TEST_TMPDIR/tree"
    echo 'nav: [README.md, results/README.md, scenarios/README.md]' >>mkdocs.yml
    echo '[lost](docs/nowhere.md)' | tee README.md >results/README.md
    run mkdocs build
    [ "$status" -ne 0 ]
    [[ $output == *"link to 'docs/nowhere.md'"* ]]
    echo '# One' | tee README.md results/README.md >docs/forgotten.md
    run mkdocs build
    [ "$status" -ne 0 ]
    [[ $output == *"not in the navigation of mkdocs.yml: docs/forgotten.md"* ]]
}
