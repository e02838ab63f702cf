# SPDX-License-Identifier: MIT
"""Spelling of the handouts: the words that neither a dictionary nor the list knows."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

LIST = Path(__file__).resolve().parents[1] / "docs" / "words.txt"
DICTIONARIES = "en_GB,en_US"

# What is a name of the code's rather than a word, and numbers with their units.
_NO_WORD = re.compile(r"\S*[_/\\@=&^|<>()0-9]\S*|--?\w+")


def prose(text: str) -> str:
    """What is read as English: no code, no addresses, no tags, no comments."""
    return "\n".join(_texts(MarkdownIt("commonmark").enable("table").parse(text)))


def _texts(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            # Of one line, as a word may be partly in bold.
            yield "".join(_inline(token.children or []))


def _inline(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "text":
            yield token.content
        elif token.type in ("softbreak", "hardbreak", "code_inline"):
            yield " "
        elif token.type == "image":
            yield from _inline(token.children or [])


def known_words() -> list[str]:
    """The list: a word a line, sorted, each once."""
    lines = LIST.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def unknown_words(text: str) -> list[str]:
    """Words of a Markdown text that are unknown, each once, in their order."""
    words = _NO_WORD.sub(" ", prose(text).replace("’", "'"))
    found = subprocess.run(
        ["hunspell", "-l", "-i", "utf-8", "-d", DICTIONARIES, "-p", "/dev/null"],
        input=words, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    known = set(known_words())
    return list(dict.fromkeys(word for word in found if word not in known))
