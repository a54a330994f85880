# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads docs/questions.md for questions.bats: `questions.py CHECK` prints what does not hold."""
import os
import re
import sys


def headings(text):
    """Line, level and title of each heading; code has none."""
    inside = False
    for number, line in enumerate(text.split("\n")):
        inside ^= line.startswith("```")
        found = re.match(r"(#+) (.*)", line)
        if found and not inside:
            yield number, len(found[1]), found[2]


def anchor(title):
    return re.sub(r"[^a-z0-9_-]", "", title.lower().replace(" ", "-"))


def read(name):
    with open(f"docs/{name}", encoding="utf-8") as file:
        return file.read()


def section(name, wanted):
    """From a heading to the next that is not below it; of a page's title, to the next of any."""
    text = read(name)
    found = list(headings(text))
    for at, (first, level, title) in enumerate(found):
        if anchor(title) == wanted:
            ends = [line for line, other, _ in found[at + 1:] if other <= level or level == 1]
            return "\n".join(text.split("\n")[first:ends[0] if ends else None])
    return ""


class Entry:
    """A question: where it was asked, commands, perhaps a figure, the answer, a link to details."""

    def __init__(self, title, text):
        self.title = title
        self.asked, code, *between, answer, self.details = text.strip().split("\n\n")
        self.commands = code.split("\n")[1:-1]
        self.figures = re.findall(r"^!\[[^\]]+\]\(([^)]+)\)$", "\n".join(between), re.M)
        self.answer = answer.split("\n")
        links = r"\[Details\]\(([a-z-]+\.md)#([^)]+)\), \[scenario\]\(\.\./([^)]+)\)"
        self.page, at, self.scenario = re.fullmatch(links, self.details).groups()
        self.section = section(self.page, at)


def numbers(entry):
    """Every number of an answer stands in the section that it links to."""
    number = r"[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?"

    def joined(text):  # 10 000 is one number
        return re.sub(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))", "", text)

    if not entry.section:
        yield f"no section {entry.details}"
    if len(entry.answer) != 3 or not entry.answer[0].startswith("**"):
        yield "an answer has three lines, of which the gist is bold"
    there = set(re.findall(number, entry.section + "\n" + joined(entry.section)))
    said = re.findall(number, joined("\n".join(entry.answer)))
    if not said:
        yield "an answer has numbers"
    for one in said:
        if one not in there:
            yield f"{one} is not in {entry.details}"


def commands(entry):
    """Its commands are on the page that it links to, and its figure is the one that they draw."""
    scenario = re.search(r"\bscenarios/[a-z-]+\.yaml", entry.commands[0])
    if not scenario or scenario[0] != entry.scenario or not os.path.exists(entry.scenario):
        yield f"no scenario: {entry.commands[0]}"
    for command in entry.commands:
        shown = "\n$ " + re.sub(r"-o (\S+\.svg)$", r"-o docs/guide/\1", command) + "\n"
        is_run = re.fullmatch(r"\./gossipsim run scenarios/[a-z-]+\.yaml", command)
        if not is_run and shown not in read(entry.page):
            yield f"not on {entry.page}: {command}"
    drawn = re.findall(r"-o (\S+\.svg)$", "\n".join(entry.commands), re.M)
    if entry.figures != [f"guide/{name}" for name in drawn]:
        yield f"shows {entry.figures}, draws {drawn}"
    for figure in entry.figures:
        if not os.path.exists(f"docs/{figure}"):
            yield f"no figure {figure}"


def sources(entry):
    """It says where it was asked, and what a link says is where it leads."""
    if not entry.asked.startswith("Asked in: ["):
        yield "no source"
    repository = ""
    for text, url in re.findall(r"\[([^]]+)\]\((https://[^)]+)\)", entry.asked):
        thread = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)/(?:issues|pull)/([0-9]+)", url)
        repository = thread[1] if thread and not text.startswith("#") else repository
        paper = url.replace("https://arxiv.org/abs/", "arXiv:")
        full = f"{repository}#{thread[2]}" if thread else paper
        if text not in (full, full.removeprefix(repository)):
            yield f"{text} is not {url}"


def main(check):
    page = read("questions.md")
    found = [(line, level, title) for line, level, title in headings(page) if level > 1]
    lines = page.split("\n")
    ends = [line for line, _, _ in found[1:]] + [len(lines)]
    wrong = []
    asked = 0
    for (line, level, title), end in zip(found, ends):
        if level == 3:
            asked += 1
            entry = Entry(title, "\n".join(lines[line + 1:end]))
            wrong += [f"{title} {what}" for what in check(entry)]
    if asked < 25:
        wrong.append(f"{asked} questions")
    listed = re.findall(r"^ *- \[([^]]+)\]\(#([^)]+)\)$", page, re.M)
    if listed != [(title, anchor(title)) for _, _, title in found]:
        wrong.append("the list at the top is not what follows")
    print("\n".join(wrong))
    return bool(wrong)


sys.exit(main({"numbers": numbers, "commands": commands, "sources": sources}[sys.argv[1]]))
