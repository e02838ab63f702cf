# SPDX-License-Identifier: MIT
"""Preprocessed C: what a compiler really sees of a client's file.

Conditions, macros and included files are gone from it, so that nothing can hide
behind one of them. The lines that begin with # are the preprocessor's own: they
tell where each line came from, and hand pragmas on.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

from h4.build import CLIENT_INCLUDE
from h4.client_rules import Finding

_MARKER = re.compile(r'# (\d+) "((?:[^"\\]|\\.)*)"((?: \d)*)')


@dataclass
class Preprocessed:
    """The text with those lines emptied, and the place of each of its lines."""

    text: str
    places: list[tuple[str, int]]
    findings: list[Finding] = field(default_factory=list)
    # file: from where it was included first
    includers: dict[str, tuple[str, int]] = field(default_factory=dict)

    def place(self, line: int) -> tuple[str, int]:
        return self.places[line - 1] if 0 < line <= len(self.places) else ("", 0)


def written(file: str) -> str:
    """The name under which a file was written. L4's headers are in the folder of the
    public ones too."""
    file = os.path.normpath(file)
    name = file.removeprefix(f"{CLIENT_INCLUDE}/")
    return name if name.startswith("l4/") else file


def read_preprocessed(text: str) -> Preprocessed:
    """Takes the compiler's output of -E apart."""
    result = Preprocessed("", [])
    kept: list[str] = []
    file, line = "", 0
    for words in text.split("\n"):
        result.places.append((file, line))
        if not words.startswith("#"):
            kept.append(words)
            line += 1
            continue
        kept.append("")
        marker = _MARKER.fullmatch(words)
        if not marker:
            result.findings.append(
                Finding(file, line, "pragma", f"{words.strip()} is not for clients")
            )
            line += 1
            continue
        number, name, flags = marker.groups()
        name = written(name)
        if "1" in flags.split():
            # A guess; where the file is left, the line is known exactly.
            result.includers.setdefault(name, (file, line))
        elif "2" in flags.split() and result.includers.get(file, ("",))[0] == name:
            result.includers[file] = (name, int(number) - 1)
        file, line = name, int(number)
    result.text = "\n".join(kept)
    return result
