# SPDX-License-Identifier: MIT
"""Hidden tests: what of a lab's manifest students are given.

Their trees have neither the tests nor their names. What points they give is said of
each exercise, so that nobody takes full marks of the rest for all marks.
"""

from __future__ import annotations

import re

from h4.errors import GraderError
from h4.manifest import Lab

_ENTRY = re.compile(r"^(?=\[\[)", re.M)
_NAME = re.compile(r'^(?:name|id) = "([^"]+)"$', re.M)
_POINTS = re.compile(r"^points = \d+\n", re.M)


def shown(text: str, lab: Lab) -> str:
    """A manifest without its hidden tests; the text itself where there is none."""
    hidden = {test.name: test for test in lab.tests if test.hidden}
    if not hidden:
        return text
    points: dict[str, int] = {}
    for test in hidden.values():
        points[test.exercise] = points.get(test.exercise, 0) + test.points
    entries = []
    left = set(hidden)
    for entry in _ENTRY.split(text):
        found = _NAME.search(entry)
        name = found[1] if found else ""
        if entry.startswith("[[test]]") and name in hidden:
            left.discard(name)
            continue
        if entry.startswith("[[exercise]]") and points.get(name):
            entry, times = _POINTS.subn(rf"\g<0>hidden = {points.pop(name)}\n", entry, count=1)
            if not times:
                points[name] = 0
        entries.append(entry)
    if left or any(points.values()) or 0 in points.values():
        raise GraderError(
            f"{lab.folder}/lab.toml: tests are hidden where [[test]] and [[exercise]] begin a "
            'line, and `name = "..."`, `id = "..."`, `points = n` are lines of their own'
        )
    return "".join(entries)
