#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""
browser.py - opens pages in a headless Chromium, runs a script in each, and says what came of it.

  browser.py SCRIPT PAGE...            prints a line of JSON a page: what the script returned
  browser.py --shot FILE WIDTH HEIGHT PAGE [light|dark]
                                       a picture of a page

SCRIPT is the body of an async function of JavaScript, which may `return` a value.  A page is the
path of a file, with a #fragment if wanted.  Exit 1, and what was wrong on standard error: an error
or a warning on a page's console, a request for anything but the page itself, or a script that
throws.
"""
import json
import os
import sys

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

SECONDS = 60  # for a script


def start():
    options = Options()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                     "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("chromedriver"))
    driver.set_script_timeout(SECONDS)
    return driver


def address(page):
    path, mark, fragment = page.partition("#")
    return "file://" + os.path.abspath(path) + mark + fragment


def requests(driver):
    """What was asked for since the last call, but for data: and the empty page."""
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            url = message["params"]["request"]["url"]
            if not url.startswith(("data:", "about:")):
                yield url.partition("#")[0]


def complaints(driver, page):
    own = address(page).partition("#")[0]
    for line in driver.get_log("browser"):
        if line["level"] in ("SEVERE", "WARNING"):
            yield f"{page}: console: {line['message']}"
    for url in requests(driver):
        if url != own:
            yield f"{page}: a request: {url}"


def open_page(driver, page):
    driver.get("about:blank")
    list(complaints(driver, page))
    driver.get(address(page))


def run(script, pages):
    body = ("const done = arguments[0]; (async () => {" + script + "\n})()"
            ".then(value => done({value}), error => done({error: String(error.stack)}));")
    driver, bad = start(), []
    try:
        for page in pages:
            open_page(driver, page)
            try:
                result = driver.execute_async_script(body)
            except WebDriverException as error:
                result = {"error": error.msg}
            if "error" in result:
                bad.append(f"{page}: {result['error']}")
            print(json.dumps(result.get("value")))
            bad.extend(complaints(driver, page))
    finally:
        driver.quit()
    for line in bad:
        print(line, file=sys.stderr)
    return 1 if bad else 0


def shoot(path, width, height, page, scheme="light"):
    driver = start()
    try:
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": int(width), "height": int(height), "deviceScaleFactor": 1, "mobile": False})
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        open_page(driver, page)
        driver.save_screenshot(path)
    finally:
        driver.quit()
    return 0


def main(arguments):
    if len(arguments) in (5, 6) and arguments[0] == "--shot":
        return shoot(*arguments[1:])
    if len(arguments) < 2 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    with open(arguments[0], encoding="utf-8") as file:
        return run(file.read(), arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
