# SPDX-License-Identifier: MIT
"""The picture of memory: its notes, its cells, and both drawings of it."""

from __future__ import annotations

import io
import random
import re
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from h4 import picture_svg, picture_text
from h4.picture import Change, Picture, Role, Run, Status, changes, size
from h4.picture_layout import (
    COLUMNS,
    KINDS,
    MOST_ROWS,
    Fold,
    Layout,
    Row,
    lay_out,
    look,
)
from h4.picture_notes import NotesError, read_notes
from h4.picture_palette import PALETTE

# A machine of 32 MB, with all that the first labs know.
MACHINE = [
    "memory boot 8160",
    "place 256 300 kernel image",
    "place 300 304 module user.elf",
    "place 7776 7840 client heap",
    "place 7840 7856 client page-tables",
    "place 7856 7864 page status",
    "region 0 128", "region 128 16", "region 144 8", "region 152 4", "region 156 2",
    "region 158 1", "region 304 16", "region 512 512", "region 7864 8",
    "pages 0 n0*159 x*97 e*40 dp t1024p t12p e n0m*4 n0*7472",
    "pages 7776 e*88 n0*296",
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


# The notes


def test_what_the_notes_say() -> None:
    found = picture(*MACHINE)
    assert (found.when, found.pages) == ("boot", 8160)
    names = [place.name for place in found.places]
    assert names[:2] == ["kernel image", "module user.elf"]
    assert (found.regions[1].first, found.regions[1].pages) == (128, 16)
    assert found.runs[:2] == [
        Run(0, 159, Status(Role.NORMAL)), Run(159, 256, Status(Role.NOT_INSTALLED)),
    ]  # fmt: skip
    assert sum(found.tally().values()) == 8160
    assert found.tally()[Status(Role.ENVIRONMENT)] == 129
    # Runs go on over the end of a line.
    assert found.runs[-1] == Run(7864, 8160, Status(Role.NORMAL))
    assert found.runs[-3] == Run(304, 7776, Status(Role.NORMAL))


def test_every_code() -> None:
    found = [run.status for run in pages(*CODES).runs]
    assert [status.words() for status in found] == [
        "not installed", "environment", "page-directory", "page-directory, pinned",
        "page-table, 0 entries", "page-table, 3 entries",
        "page-table, pinned, 3 entries", "normal, free", "normal, 1 mapping",
        "normal, 9 mappings", "normal, 10 mappings",
        "normal, module, free", "normal, module, 2 mappings", "undefined, status -7",
    ]  # fmt: skip
    assert "".join(look(status)[0] for status in found) == "xEdDttT.19+mM?"
    assert {look(status)[1] for status in found} == set(KINDS) - {"mixed"}


def test_notes_about_other_things_are_passed_over() -> None:
    notes = ["message hello", *MACHINE[:3], "com1 0a0b", *MACHINE[3:], "frame 0xc010"]
    assert picture(*notes) == picture(*MACHINE)


def test_before_and_after_are_two_pictures() -> None:
    notes = ["memory before 2", "pages 0 n0*2", "memory after 2", "pages 0 n0 d"]
    report = read_notes(notes)
    before, after = report.picture("before"), report.picture("after")
    assert before and after and report.picture("boot") is None
    assert changes(before, after) == [
        Change(1, 2, Status(Role.NORMAL), Status(Role.DIRECTORY))
    ]


def test_a_machine_may_stop_anywhere() -> None:
    for end in range(len(MACHINE)):
        report = read_notes(MACHINE[:end])
        assert report.pictures == []
        assert (report.unfinished is None) == (end == 0)


OPEN = "memory boot 100"


@pytest.mark.parametrize(
    ("notes", "rule"),
    [
        (["memory boot"], "must have the form `memory <when> <pages>`"),
        (["memory later 5"], "one of boot, before, after"),
        (["memory boot 0"], "1 to 1048576 pages"),
        (["memory boot 1048577"], "1 to 1048576 pages"),
        (["memory boot 99999999999999999999"], "must have the form"),
        (["memory boot -5"], "must have the form"),
        (["memory boot 05"], "must have the form"),
        (["memory boot 5 "], "must have the form"),
        (["memory boot ٣"], "must have the form"),
        (["place 0 1 a"], "no picture is open"),
        (["region 0 1"], "no picture is open"),
        (["pages 0 n0"], "no picture is open"),
        (["memory boot 1", "pages 0 n0", "pages 1 n0"], "no picture is open"),
        (["memory boot 1", "pages 0 n0", "memory boot 1"], "a picture `boot` already"),
        ([OPEN, "pages 0 n0", "memory after 5"], "1 of its 100 pages have come"),
        (["memory before 1", "pages 0 e", "memory after 2"], "there were 1 pages"),
        ([OPEN, "region 0 1", "place 0 1 a"], "`place` comes before `region`"),
        ([OPEN, "pages 0 n0", "region 0 1"], "`region` comes before `pages`"),
        ([OPEN, "place 5 4 a"], "does not end before its first page"),
        ([OPEN, "place 5 1048577 a"], "nor behind 1048576"),
        ([OPEN, "place 5 6"], "must have the form `place"),
        ([OPEN, "place 5 6 \x1b[31m"], "must have the form `place"),
        ([OPEN, "place 5 6 " + "a" * 300], "must have the form `place"),
        ([OPEN, *["place 5 6 a"] * 201], "at most 200 places"),
        ([OPEN, "region 5 0"], "a region has pages"),
        ([OPEN, "region 1048576 1"], "does not end behind 1048576"),
        ([OPEN, *["region 5 1"] * 1025], "at most 1024 regions"),
        ([OPEN, "region 5"], "must have the form `region"),
        ([OPEN, "pages 1 n0"], "the next page is 0"),
        ([OPEN, "pages 0 n0*10", "pages 9 n0"], "the next page is 10"),
        ([OPEN, "pages 0"], "must have the form `pages"),
        ([OPEN, "pages 0  n0"], "must have the form `pages"),
        ([OPEN, "pages 0 n0*101"], "there is room for 1 to 100 pages"),
        ([OPEN, "pages 0 n0*0"], "there is room for 1 to 100 pages"),
        ([OPEN, "pages 0 n0*99 n0*2"], "after page 99 there is room for 1 to 1 "),
        ([OPEN, "pages 0 n0*"], "as a run"),
        ([OPEN, "pages 0 *5"], "as a run"),
        ([OPEN, "pages 0 n0*5*5"], "as a run"),
        ([OPEN, "pages 0 n"], "`n` is no code"),
        ([OPEN, "pages 0 n-1"], "`n-1` is no code"),
        ([OPEN, "pages 0 n0p"], "`n0p` is no code"),
        ([OPEN, "pages 0 t"], "`t` is no code"),
        ([OPEN, "pages 0 tp"], "`tp` is no code"),
        ([OPEN, "pages 0 d0"], "`d0` is no code"),
        ([OPEN, "pages 0 E"], "`E` is no code"),
        ([OPEN, "pages 0 ?"], "`?` is no code"),
        ([OPEN, "pages 0 n32768"], "32768 is larger than 32767"),
        ([OPEN, "pages 0 t4096"], "4096 is larger than 4095"),
    ],
)
def test_a_line_that_breaks_a_rule(notes: list[str], rule: str) -> None:
    with pytest.raises(NotesError) as caught:
        read_notes(notes)
    words = str(caught.value)
    assert rule in words and f"note {len(notes)}, `" in words
    assert words.isascii() and words.isprintable() and len(words) < 400


def test_noise_is_an_error_or_a_picture() -> None:
    source = random.Random(1)
    words = "memory boot after pages 0 1 5 n0*5 x region * ?-1 place".split() + [" "]
    for _ in range(3000):
        notes = [
            " ".join(source.choices(words, k=source.randrange(6)))
            for _ in range(source.randrange(5))
        ]
        try:
            read_notes(notes)
        except NotesError as error:
            assert "note " in str(error)


def test_one_changed_character_never_crashes() -> None:
    source = random.Random(2)
    for _ in range(150):
        notes = list(MACHINE)
        at = source.randrange(len(notes))
        column = source.randrange(len(notes[at]))
        character = chr(source.randrange(32, 127))
        notes[at] = notes[at][:column] + character + notes[at][column + 1 :]
        try:
            for one in read_notes(notes).pictures:
                picture_svg.draw(lay_out(one), "t")
                in_terminal(lay_out(one))
        except NotesError:
            pass


# Cells


@pytest.mark.parametrize(
    ("megabytes", "scale"),
    [(8, 1), (16, 1), (32, 1), (33, 2), (64, 2), (1024, 32), (4096, 128)],
)
def test_a_cell_is_a_page_or_a_power_of_two(megabytes: int, scale: int) -> None:
    count = megabytes * 256
    layout = lay_out(pages(f"n0*{count}"))
    assert layout.pages_a_cell == scale
    rows = rows_of(layout)
    assert len(rows) <= MOST_ROWS and {len(row) for row in rows} == {COLUMNS}
    assert len("".join(rows)) == -(-count // scale)


def test_the_last_cell_and_row_may_be_short() -> None:
    layout = lay_out(pages("n0*100"))
    assert [len(row) for row in rows_of(layout)] == [64, 36]
    layout = lay_out(pages("n0*8193"))  # two pages a cell; the last has one
    last = layout.rows[-1]
    assert isinstance(last, Row)
    assert last.cells[-1].content == ((Status(Role.NORMAL), 1),)
    assert last.end == 8193 and len(rows_of(layout)[-1]) == 1


def test_cells_whose_pages_differ() -> None:
    layout = lay_out(pages("n0", "e", "e*2", "t3", "t4", "n0*16378"))
    assert layout.pages_a_cell == 2
    first = layout.rows[0]
    assert isinstance(first, Row)
    assert [cell.letter for cell in first.cells[:4]] == ["*", "E", "t", "."]
    assert first.cells[0].content == (
        (Status(Role.NORMAL), 1), (Status(Role.ENVIRONMENT), 1),
    )  # fmt: skip
    lines = {line.kind: line for line in layout.legend}
    assert lines["mixed"].amount == "1 cell"
    # What a cell hides is counted all the same.
    assert lines["environment"].amount == "3 pages"
    assert lines["free"].amount == "16,379 pages"


def test_the_letters_of_counts() -> None:
    layout = lay_out(pages(*(f"n{count}" for count in range(12)), "n32767"))
    assert rows_of(layout) == [".123456789+++"]
    assert {line.kind: line.letters for line in layout.legend} == {
        "mapped": "123456789+", "free": ".",
    }  # fmt: skip


def test_rows_that_repeat_are_folded() -> None:
    layout = lay_out(pages("e*64", "n0*640", "e*64", "n0*128"))
    folds = [row for row in layout.rows if isinstance(row, Fold)]
    assert [(fold.first, fold.end, fold.rows) for fold in folds] == [(128, 704, 9)]
    assert folds[0].words() == "... 9 more rows of the same, to 0x002bffff"
    assert len(rows_of(layout)) == 14


def test_nothing_that_begins_is_folded_away() -> None:
    notes = ["memory boot 4096", "place 1000 1100 here", "region 2048 2048",
             "pages 0 n0*4096"]  # fmt: skip
    layout = lay_out(picture(*notes))
    assert layout.names() == [
        "here 0x003e8000-0x0044bfff", "region from 0x00800000: 8 MB",
        "end of memory 0x01000000",
    ]  # fmt: skip
    marked = [row.first for row in layout.rows if isinstance(row, Row) and row.marks]
    assert marked == [960, 2048, 4032]


def test_where_boundaries_lie() -> None:
    layout = lay_out(picture(*MACHINE))
    rows = [row for row in layout.rows if isinstance(row, Row)]
    marks = {row.first: row.marks for row in rows}
    assert [(m.kind, m.columns) for m in marks[256]] == [
        ("place", (0,)), ("place", (44,)), ("region", (48,)),
    ]  # fmt: skip
    assert marks[128][0].columns == (0, 16, 24, 28, 30)
    assert marks[128][0].text == (
        "regions from 0x00080000: 64 KB, 32 KB, 16 KB, 8 KB, 4 KB"
    )
    assert marks[8128] == (marks[8128][0],)
    assert (marks[8128][0].kind, marks[8128][0].columns) == ("end", (32,))
    full = lay_out(pages("n0*64")).rows[0]
    assert isinstance(full, Row) and full.marks[0].columns == (64,)


def test_places_out_of_the_ordinary() -> None:
    notes = ["memory boot 64", "place 10 10 empty", "place 60 70 half",
             "place 64 65 behind", "place 5 6 " + "long" * 20, "region 128 64",
             "pages 0 n0*64"]  # fmt: skip
    layout = lay_out(picture(*notes))
    assert layout.names() == [
        "longlonglonglonglonglongl... 0x00005000-0x00005fff",
        "half 0x0003c000-0x00045fff",
        "end of memory 0x00040000",
        "behind 0x00040000-0x00040fff",
        "region from 0x00080000: 256 KB",
    ]


def test_what_changed() -> None:
    before = pages("n0*100", "t3*2", when="before")
    after = pages("n0*10", "n1*20", "n0*70", "t3", "t4", when="after")
    layout = lay_out(after, before)
    cells = [c for row in layout.rows if isinstance(row, Row) for c in row.cells]
    changed = [at for at, cell in enumerate(cells) if cell.changed]
    assert changed == [*range(10, 30), 101]
    assert picture_text.change_lines(layout.changes) == [
        "21 pages changed:",
        "  0x0000a000-0x0001dfff  normal, free -> normal, 1 mapping",
        "  0x00065000-0x00065fff  page-table, 3 entries -> page-table, 4 entries",
    ]
    assert lay_out(before, before).changes == []


def test_changes_are_those_of_each_page() -> None:
    source = random.Random(3)
    for _ in range(200):
        a, b = (source.choices(CODES[:4], k=40) for _ in range(2))
        found = changes(pages(*a, when="before"), pages(*b, when="after"))
        touched = [page for one in found for page in range(one.first, one.end)]
        assert touched == [page for page in range(40) if a[page] != b[page]]


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "4 KB"), (256, "1 MB"), (8160, "32,640 KB"), (1 << 20, "4 GB")],
)
def test_sizes(count: int, words: str) -> None:
    assert size(count) == words


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


def test_the_largest_machine_is_drawn_quickly() -> None:
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
    assert set(PALETTE) == set(KINDS)
    for kind, colours in PALETTE.items():
        assert contrast(colours.fill, colours.letter) >= 4.5, kind
        assert contrast(*colours.dark) >= 4.5, kind
