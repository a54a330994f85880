// SPDX-License-Identifier: GPL-3.0-or-later
// What a page of `report -o` does in a browser, for report_page.bats: how its table sorts, what
// stands over its edges at three widths, what does not lead anywhere.
const found = {};
const table = document.querySelector("#table table.sort");
const heads = Array.from(table.tHead.rows[0].cells);
const column = title => heads.findIndex(head => head.textContent.startsWith(title));
const shown = title =>
    Array.from(table.tBodies[0].rows, row => row.cells[column(title)].textContent);
const press = title => heads[column(title)].querySelector("button").click();
const sorted = () => heads.map(head => head.getAttribute("aria-sort")).filter(Boolean).join();

found.title = document.title;
found.hacked = typeof window.hacked;
found.written = shown("strategy");
found.keys = heads.every(head => head.querySelector("button").tabIndex === 0);
press("t99");
found.up = shown("strategy");
found.up_is = sorted();
press("t99");
found.down = shown("strategy");
found.down_is = sorted();
press("strategy");
found.words = shown("strategy");
found.words_is = sorted();

const ids = Array.from(document.querySelectorAll("[id]"), e => e.id);
found.twice = ids.length - new Set(ids).size;
found.astray = Array.from(document.querySelectorAll("[href]"), e => e.getAttribute("href"))
    .filter(href => !href.startsWith("#") || !document.getElementById(href.slice(1)));
found.figures = document.querySelectorAll("figure").length;
found.drawn = Array.from(document.querySelectorAll("figure svg"))
    .filter(svg => svg.getBoundingClientRect().height > 100 && svg.querySelector("path")).length;

// What is wider than the page, but for what scrolls in a box of its own.
found.over = {};
for (const width of [400, 800, 1600]) {
    document.documentElement.style.width = width + "px";
    found.over[width] = Array.from(document.body.querySelectorAll("*"))
        .filter(e => !e.parentElement.closest(".wide, .card, pre, .command"))
        .filter(e => e.getBoundingClientRect().right > width + 1)
        .map(e => e.outerHTML.slice(0, 60));
}
return found;
