# SPDX-License-Identifier: MIT
"""One PDF of all handouts: their pages, one behind the other, printed by Chromium."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

from lxml import etree, html
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from h4.docs_patterns import without_patterns
from h4.docs_site import START

_FOOT = (
    '<div style="width:100%;text-align:center;font:8pt sans-serif;color:#555">'
    '<span class="pageNumber"></span></div>'
)
_STYLE = Path(__file__).resolve().parents[1] / "docs" / "book.css"
_LONGEST = 600  # seconds, however busy this machine is


def write_book(site: Path, names: list[str], out: Path) -> None:
    """Prints the pages of the site in this order."""
    page = site / "book.html"
    page.write_text(join_pages(site, [START, *names]), "utf-8")
    try:
        out.write_bytes(_print(page))
    finally:
        page.unlink()


def join_pages(site: Path, names: list[str]) -> str:
    """One page out of many. Anchors get their page's name before them, as several
    pages have the same ones; links from page to page become links within the book."""
    body = "\n".join(_chapter(site, name, set(names)) for name in names)
    style = (site / "_static" / "pygments.css").read_text() + _STYLE.read_text()
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>H4</title>'
        f"<style>{style}</style></head><body>{body}</body></html>"
    )


def _chapter(site: Path, name: str, names: set[str]) -> str:
    parser = html.HTMLParser(encoding="utf-8")
    tree = html.parse(str(site / f"{name}.html"), parser)
    (article,) = tree.xpath("//article[@role='main']")
    for sign in article.xpath(".//a[@class='headerlink']"):
        sign.drop_tree()
    for element in article.iter():
        if "id" in element.attrib:
            element.set("id", f"{name}--{element.get('id')}")
    for element in article.xpath(".//*[@aria-labelledby]"):
        del element.attrib["aria-labelledby"]
    for words in article.xpath(".//p[strong and normalize-space(.) = normalize-space(strong)]"):
        words.set("class", "lead")  # a heading in all but name: it stays with what it heads
    for image in article.xpath(".//img[contains(@src, '.svg')]"):
        _make_printable(image, site)
    for link in article.xpath(".//*[local-name() = 'a'][@href]"):
        _turn(link, name, names)
    inner = etree.tostring(article, encoding="unicode", method="html")
    return f'<div class="chapter" id="{name}">{inner}</div>'


def _make_printable(image: html.HtmlElement, site: Path) -> None:
    text = (site / image.get("src")).read_text("utf-8")
    drawn = without_patterns(text)
    if drawn != text:
        data = base64.b64encode(drawn.encode()).decode()
        image.set("src", f"data:image/svg+xml;base64,{data}")


def _turn(link: html.HtmlElement, name: str, names: set[str]) -> None:
    """A link of the page `name` as one of the book; the tree's files are none of it."""
    page, _, anchor = link.get("href", "").partition("#")
    if "://" in page:
        return
    to = page.removesuffix(".html") or name
    if to not in names:
        del link.attrib["href"]
    else:
        link.set("href", f"#{to}--{anchor}" if anchor else f"#{to}")


def _print(page: Path) -> bytes:
    options = ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for word in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu",
                 "host-resolver-rules=MAP * ~NOTFOUND"):  # fmt: skip
        options.add_argument(f"--{word}")
    driver = Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    try:
        driver.set_page_load_timeout(_LONGEST)
        driver.command_executor.set_timeout(_LONGEST)
        driver.get(f"file://{quote(str(page))}")
        printed = driver.execute_cdp_cmd(
            "Page.printToPDF",
            {
                "displayHeaderFooter": True,
                "headerTemplate": "<span></span>",
                "footerTemplate": _FOOT,
                "printBackground": True,
                "generateDocumentOutline": True,
                "generateTaggedPDF": True,
                "paperWidth": 8.27,
                "paperHeight": 11.69,
                "marginTop": 0.7,
                "marginBottom": 0.8,
                "marginLeft": 0.8,
                "marginRight": 0.8,
            },
        )
        return base64.b64decode(printed["data"])
    finally:
        driver.quit()
