# SPDX-License-Identifier: MIT
"""The students' handouts as a site of static pages and as one PDF."""

from __future__ import annotations

import argparse
import io
import shutil
import tempfile
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.console import nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from h4.docs_book import write_book
from h4.docs_links import dead_links
from h4.docs_site import START
from h4.docs_theme import mend
from h4.errors import GraderError
from h4.release import is_instructors

BOOK = "h4.pdf"
_SIDEBAR = [
    f"sidebar/{part}.html" for part in ("brand", "search", "scroll-start", "navigation")
]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, default=Path("build/docs"), help="the folder to be written"
    )
    parser.add_argument(
        "--no-pdf", action="store_true", help="the pages alone, without the PDF"
    )


def main(root: Path, chosen: argparse.Namespace) -> int:
    """Writes the pages, looks at their links, and prints them as one PDF."""
    out: Path = chosen.out.resolve()
    if out.exists() and not (out / "searchindex.js").is_file():
        raise GraderError(f"{out} is there already, and no site: name another folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    # What there is stays until the new one is whole.
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        site = Path(folder) / "site"
        build_site(root, site, book=not chosen.no_pdf)
        if out.exists():
            shutil.rmtree(out)
        site.rename(out)
    print(f"{out}/index.html")
    return 0


def page_names(root: Path) -> list[str]:
    """The students' handouts in the order in which they are read, without the first
    page: the labs by their numbers, then what stands beside them."""
    names = [
        path.stem
        for path in (root / "handouts").glob("*.md")
        if not is_instructors(f"handouts/{path.name}")
    ]
    labs = sorted(n for n in names if n[0].isdigit())
    rest = sorted(n for n in names if not n[0].isdigit() and n != START)
    tours = [n for n in rest if n.startswith("tour-")]
    return labs + tours + [n for n in rest if n not in tours]


def build_site(root: Path, out: Path, *, book: bool = False) -> None:
    """The pages, in a folder that is not there yet; with the PDF, and links to it, if
    asked for. Whatever Sphinx warns of, and each link that is dead, is an error."""
    warnings = io.StringIO()
    nocolor()
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            srcdir=str(root / "handouts"),
            confdir=None,
            outdir=str(out),
            doctreedir=str(out / ".doctrees"),
            buildername="html",
            confoverrides=_settings(root, BOOK if book else ""),
            status=None,
            warning=warnings,
            freshenv=True,
        )
        try:
            app.build(force_all=True)
        except ExtensionError as failure:
            if isinstance(failure.orig_exc, GraderError):
                raise failure.orig_exc from failure
            raise
    shutil.rmtree(out / ".doctrees")
    mend(out)
    shutil.copyfile(out / f"{START}.html", out / "index.html")
    if book:
        write_book(out, page_names(root), out / BOOK)
    wrong = warnings.getvalue().strip().splitlines()
    wrong += [f"dead link: {link}" for link in dead_links(out)]
    if wrong:
        raise GraderError("the handouts do not make a site:\n" + "\n".join(wrong))


def _settings(root: Path, book: str) -> dict[str, object]:
    pages = root / "grader" / "docs"
    return {
        "project": "H4",
        "author": "the H4 authors",
        "copyright": "2026, the H4 authors; CC BY 4.0",
        "extensions": ["myst_parser", "h4.docs_site"],
        "root_doc": START,
        # The instructor's are not on a site that students read.
        "exclude_patterns": [
            path.name
            for path in sorted((root / "handouts").glob("*.md"))
            if is_instructors(f"handouts/{path.name}")
        ],
        "language": "en",
        "h4_root": str(root),
        "h4_pages": page_names(root),
        "myst_heading_anchors": 4,
        "myst_url_schemes": ["http", "https", "source"],
        "html_theme": "furo",
        "html_title": "H4",
        "html_use_index": False,  # of terms, of which there are none
        "html_static_path": [str(pages / "site.css"), str(pages / "site.js")],
        "html_css_files": ["site.css"],
        "html_js_files": ["site.js"],
        "templates_path": [str(pages / "templates")],
        # The theme's own, and the link to the PDF.
        "html_sidebars": {"**": [*_SIDEBAR, "book.html", "sidebar/scroll-end.html"]},
        "html_context": {"h4_book": book},
        # Both would be asked for over the network, which a folder of files is not.
        "html_show_search_summary": False,
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_show_sphinx": False,
        "pygments_style": "default",
        "highlight_language": "none",
    }
