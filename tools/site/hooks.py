# SPDX-License-Identifier: GPL-3.0-or-later
"""hooks.py - what mkdocs does not do by itself for the site (mkdocs.yml).

The pages lie in several folders and link to scenarios, sources and folders, so that one can follow
them in a listing of the files.  In the site the same links hold because its root is the root of the
source tree: README.md is its first page, each page of docs/ lies in docs/, and each text file that
a page links to becomes a page that shows it.  The folder of scenarios gets a page that lists them.

The commands of docs/replays.md are run, and the pages that they write are shown below them.
"""
import glob
import logging
import os
import posixpath
import re
import shutil
import subprocess

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")
FENCE = re.compile(r"^( *)```.*?^\1```", re.S | re.M)
LICENCE = re.compile(r"^<!-- SPDX-License-Identifier: \S+ -->\n")
LANGUAGES = {".yaml": "yaml", ".sh": "bash", ".c": "c", ".h": "c", ".sql": "sql"}
SCENARIOS = "scenarios/README.md"
REPLAYS = "docs/replays.md"
REPLAY = re.compile(r"^```sh\n(\./gossipsim trace .*?-o (replays/[a-z0-9-]+\.html))\n```$",
                    re.S | re.M)


class Listing(File):
    """A text file that is shown as a page of its own."""

    def is_documentation_page(self):
        return True

    def _get_stem(self):
        return posixpath.basename(self.src_uri)


def listing(path, site):
    # mkdocs takes a link without a dot for one that is none of its business, and leaves it alone.
    shown = Listing if "." in posixpath.basename(path) else File
    return shown(path, ROOT, site, False)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def links(page):
    """The paths, from the root, of the files of the tree to which a page links."""
    for target, _ in LINK.findall(FENCE.sub("", read(page))):
        if not re.match(r"[a-z]+:", target):
            yield posixpath.normpath(posixpath.join(posixpath.dirname(page), target))


def made_replays(folder):
    """The pages that the commands of docs/replays.md write, in `folder`; their paths there."""
    commands = REPLAY.findall(read(REPLAYS)) if os.path.exists(os.path.join(ROOT, REPLAYS)) else []
    program = os.path.realpath(os.environ.get("GOSSIPSIM", os.path.join(ROOT, "gossipsim")))
    if commands and not os.path.exists(program):
        raise PluginError("no program for the replays: `make` builds it")
    os.makedirs(os.path.join(folder, "docs", "replays"))
    os.symlink(program, os.path.join(folder, "docs", "gossipsim"))
    os.symlink(os.path.join(ROOT, "scenarios"), os.path.join(folder, "docs", "scenarios"))
    for command, _ in commands:
        subprocess.run(command, shell=True, check=True, cwd=os.path.join(folder, "docs"))
    return [posixpath.join("docs", path) for _, path in commands]


def on_files(files, config):
    site = config["site_dir"]
    pages = ["README.md", "results/README.md", *sorted(glob.glob("docs/**/*.md", root_dir=ROOT,
                                                                 recursive=True))]
    pictures = sorted(glob.glob("docs/**/*.svg", root_dir=ROOT, recursive=True))
    linked = {path for page in pages for path in links(page)}
    listings = {path for path in linked if os.path.isfile(os.path.join(ROOT, path))}
    listings |= set(glob.glob("scenarios/*.yaml", root_dir=ROOT))
    made = site + "-made"
    shutil.rmtree(made, ignore_errors=True)
    kept = [file for file in files if not file.src_uri.endswith((".md", ".svg"))]
    return Files(
        kept
        + [File(path, ROOT, site, False) for path in (*pages, SCENARIOS, *pictures)]
        + [listing(path, site) for path in sorted(listings - {*pages, *pictures})]
        + [File(path, made, site, False) for path in made_replays(made)])


def on_nav(nav, config, files):
    nav.homepage = nav.pages[0]
    lost = sorted(file.src_uri for file in files.documentation_pages()
                  if file.src_uri.endswith(".md") and file.page not in nav.pages)
    if lost:
        raise PluginError(f"not in the navigation of mkdocs.yml: {', '.join(lost)}")
    return nav


def first_sentence(scenario):
    """What the head comment of a scenario says in its first sentence."""
    head = re.match(r"(#.*\n)*", read(scenario)).group(0)
    text = [line.lstrip("# ") for line in head.splitlines()[1:]]
    return re.split(r"(?<=[.?:])(?:\s|$)", " ".join(text).strip(), maxsplit=1)[0].rstrip(":")


def scenario_list():
    rows = [f"- [{name}]({name}): {first_sentence('scenarios/' + name)}"
            for name in sorted(glob.glob("*.yaml", root_dir=os.path.join(ROOT, "scenarios")))]
    return ("# Scenarios\n\nRunnable examples that teach one thing each: the comment at the head "
            "says what to look for.\n\n" + "\n".join(rows) + "\n")


def on_page_read_source(page, config):
    path = page.file.src_uri
    if path == SCENARIOS:
        return scenario_list()
    if isinstance(page.file, Listing):
        language = LANGUAGES.get(posixpath.splitext(path)[1], "text")
        return f"# {path}\n\n````{language}\n{read(path)}\n````\n"
    return LICENCE.sub("", read(path))


def on_page_markdown(markdown, page, config, files):
    """Links to the folder of scenarios lead to its list, a figure to itself; replays are shown."""
    markdown = re.sub(r"\]\(((?:\.\./)*scenarios)/?\)", r"](\1/README.md)", markdown)
    if page.file.src_uri == REPLAYS:
        markdown = REPLAY.sub(r'\g<0>\n\n<iframe src="\2" loading="lazy"></iframe>\n\n'
                              r'[On a page of its own](\2)', markdown)
    return re.sub(r"^!\[[^]]*\]\(([^)]*)\)$", r"[\g<0>](\1)", markdown, flags=re.M)


def on_post_build(config):
    index = os.path.join(config["site_dir"], "search", "search_index.json")
    with open(index, encoding="utf-8") as source:
        text = source.read()
    with open(index[:-2], "w", encoding="utf-8") as script:
        script.write(f"searchIndex({text});\n")
    shutil.rmtree(config["site_dir"] + "-made")


def slug(text, separator):
    """The anchor that a heading has where files are listed, too."""
    return re.sub(r"[^\w-]", "", text.lower().replace(" ", separator), flags=re.ASCII)


def on_config(config):
    logging.getLogger("mkdocs").setLevel(logging.WARNING)  # else it names all pages out of nav
    config["mdx_configs"]["toc"]["slugify"] = slug
    return config
