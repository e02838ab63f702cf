# SPDX-License-Identifier: MIT
"""The theme as Debian packages it, mended for pages that lie in a folder, and that are
read by keyboard.

Two things in it count on a web server: a style sheet is fetched from /javascript, and
a script imports another one as a module, which no browser allows a file to do. And the
colours for the dark are there only if somebody asks for them by the button, not if the
system is dark. Nothing leads past the menu to the text; what else keys need is in
docs/site.js.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from h4.errors import GraderError

_NORMALIZE = Path("/usr/share/javascript/normalize.css/normalize.css")
_FETCHED = "@import url(/javascript/normalize.css/normalize.css);"
_DARK = re.compile(r'body\[data-theme="dark"\] \{([^}]*)\}')
_AUTO = """
@media not print { @media (prefers-color-scheme: dark) {
  body:not([data-theme="light"]) {%s} } }
"""
_IMPORT = 'import Gumshoe from "./gumshoe-patched.js";'
_TEXT = '<article role="main">'
_TEXT_REACHED = '<article role="main" id="main" tabindex="-1">'
_FIRST = '<input type="checkbox" class="sidebar-toggle" name="__navigation"'
_SKIP = '<a class="skip" href="#main">Skip to the text</a>\n'


def mend(site: Path) -> None:
    """Makes the theme's files whole. A theme without these faults stays as it is."""
    styles = site / "_static" / "styles"
    sheet = styles / "furo.css"
    text = sheet.read_text("utf-8")
    if _FETCHED in text:
        shutil.copyfile(_NORMALIZE, styles / "normalize.css")
        sheet.write_text(text.replace(_FETCHED, "@import url(normalize.css);"), "utf-8")
    text = sheet.read_text("utf-8")
    colours = _DARK.search(text)
    if colours and "prefers-color-scheme" not in text:
        sheet.write_text(text + _AUTO % colours[1], "utf-8")
    script = site / "_static" / "scripts" / "furo.js"
    text = script.read_text("utf-8")
    if _IMPORT in text:
        needed = script.with_name("gumshoe-patched.js").read_text("utf-8")
        script.write_text(f"{needed}\n{text.replace(_IMPORT, '')}", "utf-8")
    if "\nimport " in script.read_text("utf-8"):
        raise GraderError("the theme's script still imports another one")
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        if text.count(_TEXT) != 1 or text.count(_FIRST) != 1:
            raise GraderError(f"the theme's pages have changed: see {page.name}")
        text = text.replace(_TEXT, _TEXT_REACHED).replace(_FIRST, _SKIP + _FIRST)
        page.write_text(text, "utf-8")
