/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * offline.js - the search of the site without a server.
 *
 * The theme fetches its index and searches it in a worker; a browser allows neither to a page that
 * is opened as a file.  There the index comes as a script (hooks.py writes it beside the other one)
 * and the worker's code runs in a hidden frame.
 */
if (location.protocol === "file:") {
    const base = new URL("../", document.currentScript.src);
    const load = (where, url, done) => {
        const script = where.createElement("script");
        script.src = url;
        script.onload = done;
        where.body.append(script);
    };

    window.__search = {
        index: new Promise(resolve => {
            window.searchIndex = resolve;
            document.addEventListener("DOMContentLoaded", () =>
                load(document, new URL("search/search_index.js", base), null));
        }),
    };
    window.Worker = class extends EventTarget {
        constructor(url) {
            super();
            const frame = document.createElement("iframe");
            frame.hidden = true;
            document.body.append(frame);
            this.inside = frame.contentWindow;
            this.inside.postMessage = data =>
                this.dispatchEvent(new MessageEvent("message", {data}));
            this.ready = new Promise(resolve => load(this.inside.document, url, resolve));
        }
        postMessage(data) {
            this.ready.then(() =>
                this.inside.dispatchEvent(new MessageEvent("message", {data})));
        }
    };
}
