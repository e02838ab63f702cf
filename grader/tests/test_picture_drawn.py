# SPDX-License-Identifier: MIT
"""Both drawings of the picture of memory: in the terminal, and as SVG."""

from __future__ import annotations

import random
import re
from xml.etree import ElementTree as ET

import pytest

from h4 import picture_svg, picture_text
from h4.picture_layout import COLUMNS, Fold, Row, lay_out
from h4.picture_look import kinds
from h4.picture_palette import PALETTE
from pictures import (
    CODES,
    MACHINE,
    SVG,
    in_svg,
    in_terminal,
    pages,
    picture,
    rows_of,
    texts_of,
)


# The terminal


def test_the_terminal_s_text() -> None:
    text = in_terminal(lay_out(picture(*MACHINE)))
    lines = text.splitlines()
    assert lines[0] == "Title [bold] & <more>"
    assert "0x00100000 " + "E" * 40 + "DTTEmmmm" + "." * 16 in lines
    at = lines.index("0x00100000 " + "E" * 40 + "DTTEmmmm" + "." * 16)
    assert lines[at + 1] == " " * 11 + "| kernel image 0x00100000-0x0012bfff"
    assert lines[at + 2].endswith("module user.elf 0x0012c000-0x0012ffff |")
    assert lines[at + 2].index("|") == 11 + 44
    assert "T          page-table of the kernel (pinned)" in text
    assert re.search(r"^E +environment.* 129 pages$", text, re.MULTILINE)


def test_80_columns_and_nothing_but_text() -> None:
    source = random.Random(4)
    for _ in range(50):
        runs = [f"{source.choice(CODES)}*{source.randrange(1, 900)}" for _ in range(30)]
        total = sum(int(run.partition("*")[2]) for run in runs)
        notes = [f"memory boot {total}"]
        for _ in range(20):
            first = source.randrange(total)
            name = "place " * source.randrange(1, 9)
            notes.append(f"place {first} {first + source.randrange(99)} {name}")
        notes += [f"region {source.randrange(total)} 1" for _ in range(30)]
        notes.append(f"pages 0 {' '.join(runs)}")
        text = in_terminal(lay_out(picture(*notes)))
        assert text.isascii() and "\x1b" not in text
        assert max(map(len, text.splitlines())) <= 80


def test_ticks_stand_below_what_they_name() -> None:
    for column in range(COLUMNS):
        name = f"place {column} 64 a name of 26 characters.."
        row = lay_out(picture("memory boot 64", name, "pages 0 e*64")).rows[0]
        assert isinstance(row, Row)
        mark = row.marks[0]
        lines = picture_text.mark_lines(mark)
        assert lines[0].index("|") == 11 + column
        assert mark.text in " ".join(lines)


def test_colour_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    layout = lay_out(picture(*MACHINE))
    plain = in_terminal(layout)
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = in_terminal(layout, terminal=True)
    assert "\x1b[38;2;0;0;0;48;2;213;94;0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert ";2;" not in in_terminal(layout, terminal=True)


# SVG


def test_an_svg_for_everybody() -> None:
    layout = lay_out(picture(*MACHINE))
    root = in_svg(layout)
    assert root.tag == SVG + "svg" and root.get("role") == "img"
    title, desc = root[0], root[1]
    assert (title.tag, desc.tag) == (SVG + "title", SVG + "desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == "Title [bold] & <more>"
    assert desc.text is not None
    for words in ("8,160 pages", "129 pages", "7,927 pages", *layout.names()):
        assert words in desc.text, words
    style = root.find(SVG + "style")
    assert style is not None and "prefers-color-scheme: dark" in (style.text or "")


def test_everything_is_named_in_the_svg() -> None:
    layout = lay_out(picture(*MACHINE))
    texts = texts_of(in_svg(layout))
    for name in layout.names():
        assert name in texts
    for line in layout.legend:
        assert f"{line.words}: {line.amount}" in texts
        assert set(line.letters) <= set(texts)


def test_the_svg_is_self_contained() -> None:
    text = picture_svg.draw(lay_out(picture(*MACHINE)), "t", "p")
    root = ET.fromstring(text)
    known = {one.get("id") for one in root.iter() if one.get("id")}
    assert set(re.findall(r"url\(#([^)]*)\)", text)) <= known
    assert all(one.startswith("p-") for one in known if one)
    assert text.count("http") == 1  # the name space
    assert not list(root.iter(SVG + "script")) and not list(root.iter(SVG + "image"))


def test_the_svg_draws_each_page_once() -> None:
    """By its tooltips and by its rectangles."""
    layout = lay_out(pages(*CODES, "n0*200", "e*3"))
    root = in_svg(layout)
    found = []
    for shape in root.iter(SVG + "rect"):
        title = shape.find(SVG + "title")
        if title is None:  # the panel, patterns, the legend
            continue
        words = re.match(r"0x(\w+)-0x(\w+), ([\d,]+) pages?: ", title.text or "")
        assert words
        first, end = int(words[1], 16) // 4096, (int(words[2], 16) + 1) // 4096
        assert int(words[3]) == end - first
        assert int(shape.get("width", "0")) == (end - first) * picture_svg.WIDTH
        found.append((first, end))
    assert found[0][0] == 0 and found[-1][1] == 217
    folded = sum(row.end - row.first for row in layout.rows if isinstance(row, Fold))
    assert sum(end - first for first, end in found) + folded == 217


def test_what_a_guest_wrote_is_only_text_in_the_svg() -> None:
    name = '"><script>&amp;</svg>'
    notes = ["memory boot 4", f"place 0 2 {name}", "pages 0 e*4"]
    root = in_svg(lay_out(picture(*notes)))
    assert f"{name} 0x00000000-0x00001fff" in texts_of(root)
    assert not list(root.iter(SVG + "script"))


def test_changed_cells_are_ringed() -> None:
    before, after = pages("n0*100"), pages("n0*10", "n1*5", "n0*85")
    rings = [
        one for one in in_svg(lay_out(after, before)).iter(SVG + "rect")
        if one.get("class") == "changed"
    ]  # fmt: skip
    assert len(rings) == 2  # one more in the legend
    assert rings[0].get("width") == str(5 * picture_svg.WIDTH - 1)
    assert "5 pages changed" in picture_svg.describe(lay_out(after, before))


def test_names_do_not_lie_on_each_other() -> None:
    notes = ["memory boot 64", *(f"place {at} {at + 1} place {at}" for at in range(40)),
             "pages 0 e*64"]  # fmt: skip
    root = in_svg(lay_out(picture(*notes)))
    lines = [t for t in root.iter(SVG + "tspan") if (t.text or "").startswith("place ")]
    heights = [float(t.get("y", "0")) for t in lines]
    assert len(heights) == 40
    assert min(b - a for a, b in zip(heights, heights[1:])) >= picture_svg.LINE
    assert max(heights) < float(root.get("height", "0"))


def test_a_large_picture_stays_small() -> None:
    """Of 8192 pages; two thousand runs are far more than a machine has."""
    assert len(picture_svg.draw(lay_out(picture(*MACHINE)), "t")) < 20_000
    source = random.Random(5)
    runs = [f"n{source.randrange(9)}*{source.randrange(1, 8)}" for _ in range(2000)]
    layout = lay_out(pages(*runs))
    assert 7500 < layout.picture.pages < 8192
    assert len(picture_svg.draw(layout, "t").encode()) < 400_000


def test_the_largest_machine_stays_small() -> None:
    """Its pages all differ from their neighbours."""
    notes = ["memory boot 262144"]
    notes += [f"pages {at} {'n0 n1 ' * 32}".strip() for at in range(0, 262144, 64)]
    layout = lay_out(picture(*notes))
    assert {cell for row in rows_of(layout) for cell in row} == {"*"}
    assert len(picture_svg.draw(layout, "t")) < 30_000


def test_drawings_are_the_same_each_time() -> None:
    one, other = lay_out(picture(*MACHINE)), lay_out(picture(*MACHINE))
    assert in_terminal(one) == in_terminal(other)
    assert picture_svg.draw(one, "t") == picture_svg.draw(other, "t")


def contrast(one: str, other: str) -> float:
    """As WCAG 2.1 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_letters_can_be_read_on_their_colours() -> None:
    assert set(PALETTE) == set(kinds())
    for kind, colours in PALETTE.items():
        assert contrast(colours.fill, colours.letter) >= 4.5, kind
        assert contrast(*colours.dark) >= 4.5, kind
