# SPDX-License-Identifier: MIT
"""Drawings without patterns, for print: Chromium prints whatever is filled with one as
a bitmap of its own, large and not sharp. Lines and letters stay what they are.

What is laid out here is what picture_svg.py draws: rectangles that begin where their
pattern does, of a pattern with one rectangle and one letter.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

_SVG = "http://www.w3.org/2000/svg"
_URL = re.compile(r"url\(#(.+)\)")


def without_patterns(text: str) -> str:
    """The same drawing; the text itself where it has no pattern."""
    if "<pattern" not in text:
        return text
    ET.register_namespace("", _SVG)
    root = ET.fromstring(text)
    patterns = {one.get("id"): one for one in root.iter(f"{{{_SVG}}}pattern")}
    for parent in list(root.iter()):
        for at, shape in enumerate(list(parent)):
            found = _URL.fullmatch(shape.get("fill", ""))
            if found:
                parent[at] = _cells(shape, patterns[found[1]])
    for parent in list(root.iter()):
        for pattern in parent.findall(f"{{{_SVG}}}pattern"):
            parent.remove(pattern)
    return ET.tostring(root, encoding="unicode")


def _cells(shape: ET.Element, pattern: ET.Element) -> ET.Element:
    """A group that looks like the shape: one path of all rectangles, one text of all
    letters."""
    cell, letter = pattern
    wide, x = int(pattern.attrib["width"]), int(shape.get("x", 0))
    places = range(x, x + int(shape.attrib["width"]), wide)
    group = ET.Element(f"{{{_SVG}}}g")
    group.extend(shape)  # its title
    width, height = cell.attrib["width"], cell.attrib["height"]
    drawn = "".join(f"M{at} 0h{width}v{height}h-{width}z" for at in places)
    ET.SubElement(group, f"{{{_SVG}}}path", {"class": cell.attrib["class"], "d": drawn})
    middle = float(letter.attrib["x"])
    words = ET.SubElement(
        group, f"{{{_SVG}}}text",
        {
            "class": letter.attrib["class"],
            "x": " ".join(f"{at + middle:g}" for at in places),
            "y": letter.attrib["y"],
        },
    )  # fmt: skip
    words.text = (letter.text or "") * len(places)
    group.tail = shape.tail
    return group
