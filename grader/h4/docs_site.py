# SPDX-License-Identifier: MIT
"""An extension of Sphinx: what the handouts need to be a site.

The handouts are plain Markdown that a forge shows as it is. Here

- headings have the anchors that forges give them, so links work in both places;
- a link to a file of the tree leads to a page with its text, as students are given it:
  without solutions; where the link's words are a function's name, to its definition;
- a drawing with links in it becomes part of its page, so that it can be clicked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urldefrag

from docutils import nodes
from lxml import etree
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_for_filename
from pygments.util import ClassNotFound
from sphinx.application import Sphinx

from h4.course import SYSTEM, Course
from h4.errors import GraderError
from h4.release import ROOT_FILES

START = "README"
SVG = "{http://www.w3.org/2000/svg}"
_OUTWARD = re.compile(r"\]\(\.\./([^)#]+)\)")
_SCHEME = "source:"


class Sources:
    """The files that links lead to, as a student has them."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.wanted: set[str] = set()

    @cached_property
    def shown(self) -> frozenset[str]:
        """What students can read: no test's insides, nothing that comes as an object."""
        course = self.course
        beside = (*ROOT_FILES, *(f"{folder}/README.md" for folder in SYSTEM))
        return frozenset({*course.given, *course.exercise_files, *beside}) - course.compiled

    def text(self, path: str) -> str:
        """The file without solutions."""
        if path in self.course.exercise_files:
            return self.course.starter(path)
        return (self.course.root / path).read_text("utf-8")

    def target(self, path: str, words: str) -> tuple[str, str]:
        """The page for a file, and the anchor of what is called `words` in it."""
        if path not in self.shown or not (self.course.root / path).is_file():
            raise GraderError(
                f"a handout has a link to {path}, which is no file that students have"
            )
        self.wanted.add(path)
        return f"source/{path}", definition(self.text(path), words)

    def page(self, path: str) -> str:
        """The file as HTML, each line with an anchor."""
        try:
            lexer = get_lexer_for_filename(path)
        except ClassNotFound:
            lexer = TextLexer()
        form: HtmlFormatter[str] = HtmlFormatter(
            linenos="inline", lineanchors="L", anchorlinenos=False, wrapcode=True
        )
        return f"<h1>{path}</h1>\n" + highlight(self.text(path), lexer, form)


def definition(text: str, name: str) -> str:
    """The anchor of the line that defines a function or a label; "" without one."""
    if not re.fullmatch(r"\w+", name):
        return ""
    found = re.search(rf"^(?:\w[\w *]*[ *])?{name}[(:]", text, re.MULTILINE)
    return f"#L-{text.count(chr(10), 0, found.start()) + 1}" if found else ""


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_config_value("h4_root", "", "env")
    app.add_config_value("h4_pages", [], "env")
    site = _Site(app)
    app.connect("source-read", site.read)
    app.connect("doctree-read", site.name_sections, priority=100)
    app.connect("doctree-resolved", site.resolve)
    app.connect("html-collect-pages", site.pages)
    return {"parallel_read_safe": False}


class _Site:
    """What happens at the events of one run."""

    def __init__(self, app: Sphinx) -> None:
        self.app = app
        self.sources = Sources(Course(Path(app.config.h4_root)))

    def read(self, app: Sphinx, name: str, source: list[str]) -> None:
        source[0] = _OUTWARD.sub(rf"]({_SCHEME}\1)", source[0])
        if name == START:
            tree = "\n".join(app.config.h4_pages)
            source[0] += f"\n```{{toctree}}\n:hidden:\n:maxdepth: 1\n\n{tree}\n```\n"

    def name_sections(self, app: Sphinx, doctree: nodes.document) -> None:
        for section in doctree.findall(nodes.section):
            slug = section.get("myst-anchor", "").partition("#")[2]
            if slug and slug not in section["ids"]:
                section["ids"].insert(0, slug)

    def resolve(self, app: Sphinx, doctree: nodes.document, name: str) -> None:
        for link in doctree.findall(nodes.reference):
            if link.get("refuri", "").startswith(_SCHEME):
                path = link["refuri"].removeprefix(_SCHEME)
                link["refuri"] = self._file(name, path, link.astext())
        for image in list(doctree.findall(nodes.image)):
            path = Path(app.srcdir) / image["uri"]
            text = path.read_text("utf-8") if path.is_file() else ""
            if "<a " in text:
                drawn = self._drawing(name, PurePosixPath(image["uri"]), text)
                image.replace_self(nodes.raw("", drawn, format="html"))

    def _file(self, name: str, path: str, words: str) -> str:
        page, anchor = self.sources.target(path, words.removesuffix("()"))
        return self.app.builder.get_relative_uri(name, page) + anchor

    def _drawing(self, name: str, drawing: PurePosixPath, text: str) -> str:
        root = etree.fromstring(text.encode())
        for link in root.iter(f"{SVG}a"):
            path, anchor = urldefrag(link.get("href", ""))
            parts = (Path("handouts") / drawing.parent / path).parts
            place = _normal(parts)
            if place.startswith("handouts/"):
                page = place.removeprefix("handouts/").removesuffix(".md")
                to = self.app.builder.get_relative_uri(name, page)
                link.set("href", f"{to}#{anchor}" if anchor else to)
            else:
                words = "".join(link.itertext()).split()
                link.set("href", self._file(name, place, words[0] if words else ""))
        root.attrib.pop("role", None)  # its links are to be heard of
        etree.strip_tags(root, etree.Comment)
        body = etree.tostring(root, encoding="unicode")
        return f'<div class="drawing">{body}</div>'

    def pages(self, app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
        for path in sorted(self.sources.wanted):
            body = self.sources.page(path)
            yield f"source/{path}", {"title": path, "body": body}, "page.html"


def _normal(parts: tuple[str, ...]) -> str:
    """A path without `..`."""
    out: list[str] = []
    for part in parts:
        if part == "..":
            out.pop()
        else:
            out.append(part)
    return "/".join(out)
