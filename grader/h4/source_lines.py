# SPDX-License-Identifier: MIT
"""Some lines of a source file for a page, coloured."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import CLexer, GasLexer

from h4.printable import printable

AROUND = 4  # lines above and below


def excerpt(text: str, path: str, line: int) -> list[tuple[int, Markup]]:
    """The lines around number `line`, from 1 on, with their numbers; none where the
    text has no such line."""
    lines = _coloured(text, path.endswith(".S"))
    if not 1 <= line <= len(lines):
        return []
    first, last = max(line - AROUND, 1), min(line + AROUND, len(lines))
    return [(number, lines[number - 1]) for number in range(first, last + 1)]


def style() -> str:
    """CSS for light pages, and for dark ones: styles whose every colour can be read."""
    light = HtmlFormatter(style="xcode").get_style_defs("pre.code")
    dark = HtmlFormatter(style="zenburn").get_style_defs("pre.code")
    return f"{light}\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n"


@lru_cache(maxsize=32)
def _coloured(text: str, assembly: bool) -> list[Markup]:
    # What a lexer strips would move the lines. The formatter writes what stands in the
    # text as text, and ends what it has begun on each line.
    lexer = (GasLexer if assembly else CLexer)(stripnl=False, ensurenl=False)
    plain = printable(text.expandtabs(8))
    html = highlight(plain, lexer, HtmlFormatter(nowrap=True))
    return [Markup(line) for line in html.split("\n")]
