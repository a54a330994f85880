/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page.js - tables that sort by a click on, or a key at, the head of a column.  Cells with a number
 * sort by it: what never happened is `inf` and comes last of the numbers; cells without one come
 * last whichever way.  Equals stay in the order of the page. */
"use strict";
(function () {
    function number(cell) {
        var text = cell.getAttribute("data-v");
        return text === null ? NaN : text === "inf" ? Infinity : parseFloat(text);
    }
    function sort(table, column, down) {
        var body = table.tBodies[0];
        var rows = Array.prototype.map.call(body.rows, function (row) {
            var cell = row.cells[column];
            return {
                row: row, place: +row.getAttribute("data-row"),
                value: number(cell), text: cell.textContent
            };
        });
        var words = rows.every(function (r) { return isNaN(r.value); });
        rows.sort(function (a, b) {
            var order;
            if (words)
                order = a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
            else if (isNaN(a.value) || isNaN(b.value))
                return isNaN(a.value) - isNaN(b.value) || a.place - b.place;
            else
                order = a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
            return (down ? -order : order) || a.place - b.place;
        });
        rows.forEach(function (r) { body.appendChild(r.row); });
    }
    function ready(table) {
        var heads = table.tHead.rows[0].cells;
        Array.prototype.forEach.call(table.tBodies[0].rows, function (row, place) {
            row.setAttribute("data-row", place);
        });
        Array.prototype.forEach.call(heads, function (head, column) {
            var button = document.createElement("button");
            button.type = "button";
            while (head.firstChild)
                button.appendChild(head.firstChild);
            head.appendChild(button);
            button.addEventListener("click", function () {
                var down = head.getAttribute("aria-sort") === "ascending";
                Array.prototype.forEach.call(heads, function (other) {
                    other.removeAttribute("aria-sort");
                });
                head.setAttribute("aria-sort", down ? "descending" : "ascending");
                sort(table, column, down);
            });
        });
    }
    Array.prototype.forEach.call(document.querySelectorAll("table.sort"), ready);
})();
