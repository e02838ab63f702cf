# SPDX-License-Identifier: MIT
"""The picture of memory: its notes and its cells."""

from __future__ import annotations

import random

import pytest

from h4 import picture_svg, picture_text
from h4.picture import Change, Role, Run, Status, changes, size
from h4.picture_layout import COLUMNS, MOST_ROWS, Fold, Row, lay_out
from h4.picture_look import look
from h4.picture_notes import NotesError, read_notes
from pictures import CODES, MACHINE, in_terminal, pages, picture, rows_of

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
    assert {look(status).kind for status in found} == {
        "environment", "own-directory", "own-table", "directory", "table", "mapped",
        "module", "free", "absent", "undefined",
    }  # fmt: skip


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
    lines = {line.line: line for line in layout.legend}
    assert lines["mixed"].amount == "1 cell"
    # What a cell hides is counted all the same.
    assert lines["environment"].amount == "3 pages"
    assert lines["free"].amount == "16,379 pages"


def test_the_letters_of_counts() -> None:
    layout = lay_out(pages(*(f"n{count}" for count in range(12)), "n32767"))
    assert rows_of(layout) == [".123456789+++"]
    assert {line.line: line.letters for line in layout.legend} == {
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
