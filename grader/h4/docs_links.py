# SPDX-License-Identifier: MIT
"""Links of a folder of HTML pages: which of them lead nowhere."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html

_NAMES = ("href", "src", "{http://www.w3.org/1999/xlink}href")


def dead_links(folder: Path) -> list[str]:
    """Each link, script or picture that is not there, as `page: link`. What is to be
    had over the network alone is not asked for, but must not be part of a page."""
    pages = {path: _read(path) for path in sorted(folder.rglob("*.html"))}
    return [
        f"{path.relative_to(folder)}: {link}"
        for path, (_, links) in pages.items()
        for link, is_part in links
        if not _leads(path, link, is_part, pages)
    ]


def _read(path: Path) -> tuple[set[str], list[tuple[str, bool]]]:
    """The anchors of a page, and its links, each with: is it a part of the page?"""
    tree = html.parse(str(path), html.HTMLParser(encoding="utf-8"))
    anchors = {str(name) for name in tree.xpath("//@id | //a/@name")}
    links = [
        (str(value), element.tag not in ("a", "area"))
        for element in tree.iter()
        if isinstance(element.tag, str)
        for name, value in element.attrib.items()
        if name in _NAMES
    ]
    return anchors, links


def _leads(
    page: Path,
    link: str,
    is_part: bool,
    pages: dict[Path, tuple[set[str], list[tuple[str, bool]]]],
) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return parts.scheme == "data" or not is_part
    target = page
    if parts.path:
        target = (page.parent / unquote(parts.path)).resolve()
        if not target.is_file():
            return False
    if not parts.fragment or target not in pages:
        return True
    return unquote(parts.fragment) in pages[target][0]
