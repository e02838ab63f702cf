# SPDX-License-Identifier: MIT
"""Pictures of memory for tests, and what is read out of their drawings."""

from __future__ import annotations

import io
from xml.etree import ElementTree as ET

from rich.console import Console

from h4 import picture_svg, picture_text
from h4.picture import Picture
from h4.picture_layout import Fold, Layout
from h4.picture_notes import read_notes

# A machine of 32 MB, with all that the first labs know.
MACHINE = [
    "memory boot 8160",
    "place 256 300 kernel image",
    "place 300 304 module user.elf",
    "place 7776 7792 client page-tables",
    "place 7792 7800 page status",
    "place 7800 7864 client heap",
    "region 0 128", "region 128 16", "region 144 8", "region 152 4", "region 156 2",
    "region 158 1", "region 304 16", "region 512 512", "region 7864 8",
    "pages 0 n0*159 x*97 e*40 dp t1024p t12p e n0m*4 n0*7472",
    "pages 7776 e*88 n0*296",
]  # fmt: skip
# The same one with H: two spaces share a page, and space 20 one with both.
WITH_H = [
    *MACHINE[:-2],
    "spaces 3 64",
    "owned 512 1*2 4*3 1+4 s3 k 1+4k", "owned 530 20 k*2 20*20",
    "owned 7792 H*8 h*64",
    "pages 0 n0*159 x*97 e*40 dp t1024p t12p e n0m*4 n0*208",
    "pages 512 d t3 d t2 n1 n2 n3 n1 n3 n0*9 d n1*2 n1*20 n0*7223",
    "pages 7776 t0p*16 e*72 n0*296",
]  # fmt: skip
# Each code once.
CODES = "x e d dp t0 t3 t3p n0 n1 n9 n10 n0m n2m ?-7".split()
SVG = "{http://www.w3.org/2000/svg}"


def picture(*notes: str) -> Picture:
    report = read_notes(notes)
    assert report.unfinished is None and len(report.pictures) == 1
    return report.pictures[0]


def pages(*runs: str, when: str = "boot") -> Picture:
    """Of the runs alone; they are counted."""
    count = sum(int(run.partition("*")[2] or 1) for run in runs)
    return picture(f"memory {when} {count}", f"pages 0 {' '.join(runs)}")


def rows_of(layout: Layout) -> list[str]:
    """The letters, with the folded rows."""
    text: list[str] = []
    for row in layout.rows:
        if isinstance(row, Fold):
            text += [text[-1]] * row.rows
        else:
            text.append("".join(cell.letter for cell in row.cells))
    return text


def in_terminal(layout: Layout, terminal: bool = False) -> str:
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=terminal, highlight=False, soft_wrap=True,
        color_system="truecolor" if terminal else None,
    )  # fmt: skip
    console.print(picture_text.draw(layout, "Title [bold] & <more>"))
    return out.getvalue()


def in_svg(layout: Layout) -> ET.Element:
    return ET.fromstring(picture_svg.draw(layout, "Title [bold] & <more>", "p"))


def texts_of(root: ET.Element) -> list[str]:
    return ["".join(text.itertext()) for text in root.iter(SVG + "text")]
