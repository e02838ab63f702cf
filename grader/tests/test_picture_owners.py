# SPDX-License-Identifier: MIT
"""The picture of memory by owners: its notes, letters, legend and drawings."""

from __future__ import annotations

import random

import pytest

from h4 import picture_svg
from h4.picture import Owners, Part, Picture, Role, Run, Spaces, Status, changes
from h4.picture_layout import Layout, Row, lay_out
from h4.picture_look import SPACES, kinds, look
from h4.picture_notes import NotesError, read_notes
from h4.picture_palette import PALETTE
from pictures import MACHINE, WITH_H, in_svg, in_terminal, picture, rows_of, texts_of

# The notes


def status_of(picture: Picture, page: int) -> Status:
    return next(run.status for run in picture.runs if run.first <= page < run.end)


def test_what_the_notes_say_of_owners() -> None:
    found = picture(*WITH_H)
    assert found.spaces == Spaces(3, 64)
    assert status_of(found, 512) == Status(
        Role.DIRECTORY, owners=Owners(1, (1,))
    )
    assert status_of(found, 517).owners == Owners(2, (1, 4))
    assert status_of(found, 518).owners == Owners(3)
    assert status_of(found, 519).owners == Owners(client=True)
    assert status_of(found, 520).owners == Owners(2, (1, 4), True)
    assert status_of(found, 521).owners == Owners()
    assert status_of(found, 7799).owners.part == Part.H_TABLES
    assert status_of(found, 7800).owners.part == Part.HEAP
    assert found.directories() == {1: 512, 4: 514, 20: 530}
    # Owners cut runs of pages with the same status, and nothing else changes.
    assert sum(found.tally().values()) == 8160
    for one, other in zip(found.runs, found.runs[1:]):
        assert one.end == other.first


def test_without_h_nobody_owns_anything() -> None:
    found = picture(*MACHINE)
    assert found.spaces is None and found.directories() == {}
    assert {run.status.owners for run in found.runs} == {Owners()}


def test_owners_in_words() -> None:
    words = [
        status_of(picture(*WITH_H), page).words() for page in (512, 517, 518, 520, 7800)
    ]
    assert words == [
        "page-directory, space 1",
        "normal, 2 mappings, spaces 1 and 4",
        "normal, 3 mappings, 3 spaces",
        "normal, 3 mappings, spaces 1 and 4, kernel mapping of the client",
        "environment, the client's heap",
    ]
    assert Owners(127).words() == "127 or more spaces"


def test_owners_cut_pages_wherever_they_begin() -> None:
    """Against a list with an entry for each page."""
    source = random.Random(6)
    codes = {"n1": Status(Role.NORMAL, 1), "e": Status(Role.ENVIRONMENT)}
    for _ in range(200):
        pages = source.choices(list(codes), k=60)
        due = [Owners()] * 60
        notes, at = ["memory boot 60", "spaces 9 64"], source.randrange(9)
        while at < 60:
            number, times = source.randrange(9), source.randrange(1, 9)
            times = min(times, 60 - at)
            notes.append(f"owned {at} {number}*{times}")
            due[at : at + times] = [Owners(1, (number,))] * times
            at += times + source.choice([0, 0, 1, 5])
        found = picture(*notes, f"pages 0 {' '.join(pages)}")
        assert [status_of(found, page).owners for page in range(60)] == due
        assert [status_of(found, page).role for page in range(60)] == [
            codes[code].role for code in pages
        ]


OPEN = ["memory boot 100", "spaces 3 64"]


@pytest.mark.parametrize(
    ("notes", "rule"),
    [
        (["spaces 0 64"], "no picture is open"),
        (["owned 0 1"], "no picture is open"),
        (["memory boot 9", "spaces 5"], "must have the form `spaces <used> <slots>`"),
        (["memory boot 9", "spaces 5 4"], "no more spaces than slots"),
        (["memory boot 9", "spaces 5 4097"], "nor than 4096"),
        (["memory boot 9", "owned 0 1"], "`owned` comes before `spaces`"),
        (["memory boot 9", "pages 0 e", "spaces 0 64"], "`spaces` comes before `pages`"),
        ([*OPEN, "spaces 3 64"], "counted already"),
        ([*OPEN, "region 0 1"], "`region` comes before `spaces`"),
        ([*OPEN, "pages 0 e", "owned 0 1"], "`owned` comes before `pages`"),
        ([*OPEN, "owned 0"], "must have the form `owned"),
        ([*OPEN, "owned 0 1*"], "as a run"),
        ([*OPEN, "owned 0 1*0"], "from page 0 on there are 100 pages"),
        ([*OPEN, "owned 0 1*101"], "from page 0 on there are 100 pages"),
        ([*OPEN, "owned 99 1 2"], "from page 100 on there are 0 pages"),
        ([*OPEN, "owned 200 1"], "from page 200 on there are 0 pages"),
        ([*OPEN, "owned 5 1*5", "owned 9 1"], "the owners up to page 10 have come"),
        ([*OPEN, "owned 0 64"], "spaces have numbers below 64"),
        ([*OPEN, "owned 0 1+64"], "spaces have numbers below 64"),
        ([*OPEN, "owned 0 2+1"], "the smaller number comes first"),
        ([*OPEN, "owned 0 1+1"], "the smaller number comes first"),
        ([*OPEN, "owned 0 s2"], "more than two spaces"),
        ([*OPEN, "owned 0 s4"], "more than two spaces, of 3"),
        ([*OPEN, "owned 0 01"], "`01` is no code of an owner"),
        ([*OPEN, "owned 0 1+2+3"], "no code of an owner"),
        ([*OPEN, "owned 0 kk"], "no code of an owner"),
        ([*OPEN, "owned 0 Hk"], "no code of an owner"),
        ([*OPEN, "owned 0 -"], "no code of an owner"),
    ],
)
def test_a_line_that_breaks_a_rule(notes: list[str], rule: str) -> None:
    with pytest.raises(NotesError) as caught:
        read_notes(notes)
    words = str(caught.value)
    assert rule in words and f"note {len(notes)}, `" in words


def test_one_changed_character_never_crashes() -> None:
    source = random.Random(7)
    for _ in range(150):
        notes = list(WITH_H)
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


# The letters


def letters(*statuses: Status) -> str:
    return "".join(look(one, True).letter for one in statuses)


def test_every_letter() -> None:
    layout = lay_out(picture(*WITH_H))
    rows = rows_of(layout)
    assert rows[8][:41] == "BBGGg23kK.........#kk" + "%" * 20
    assert rows[7776 // 64][32:] == "T" * 16 + "H" * 8 + "e" * 8
    assert rows[4][40:48] == "DTTEmmmm"
    # By status alone it is lab 2's picture.
    assert rows_of(lay_out(picture(*MACHINE)))[4][40:48] == "DTTEmmmm"


def test_what_nobody_has_is_seen() -> None:
    assert letters(Status(Role.TABLE, 3), Status(Role.DIRECTORY)) == "td"
    lost = picture("memory boot 2", "spaces 0 64", "pages 0 t3 d")
    words = {line.line: line.words for line in lay_out(lost).legend}
    assert words["table"] == "page-table of no space"
    assert words["directory"] == "page-directory of no space"


@pytest.mark.parametrize(
    "status",
    [
        Status(Role.NORMAL, 1),  # counted, and mapped by nobody
        Status(Role.NORMAL, 0, owners=Owners(1, (3,))),  # mapped, and not counted
        Status(Role.NORMAL, 0, owners=Owners(client=True)),
        Status(Role.NORMAL, 0, owners=Owners(part=Part.HEAP)),
        Status(Role.TABLE, 1, owners=Owners(2, (1, 2))),  # of two spaces
        Status(Role.TABLE, 1, owners=Owners(1, (1,), True)),
        Status(Role.TABLE, 1, pinned=True, owners=Owners(1, (1,))),
        Status(Role.DIRECTORY, pinned=True, owners=Owners(1, (1,))),
        Status(Role.ENVIRONMENT, owners=Owners(1, (1,))),
        Status(Role.NOT_INSTALLED, owners=Owners(1, (1,))),
        Status(Role.UNDEFINED, -9, owners=Owners(1, (1,))),
    ],
)
def test_owner_and_status_at_odds(status: Status) -> None:
    if status.owners.part:
        assert letters(status) != "e"
    else:
        assert look(status, True) == ("!", "astray", "astray")


def test_each_space_has_letters_of_its_own_as_long_as_there_are() -> None:
    tables = [Status(Role.TABLE, 1, owners=Owners(1, (n,))) for n in range(30)]
    pages = [Status(Role.NORMAL, 1, owners=Owners(1, (n,))) for n in range(30)]
    assert letters(*tables) == SPACES + "#" * (30 - len(SPACES))
    assert letters(*pages) == SPACES.lower() + "%" * (30 - len(SPACES))
    assert len(set(SPACES)) == len(SPACES) >= 19
    # No letter says two things.
    others = "EHeDTdtxmMkK?!*."
    assert not set(others) & set(SPACES + SPACES.lower())
    assert {look(one, True).kind for one in tables + pages} <= set(kinds())


def test_a_table_and_the_pages_of_a_space_have_two_colours() -> None:
    for hue in range(5):
        assert PALETTE[f"space-{hue}"].fill != PALETTE[f"pages-{hue}"].fill


def test_shared_pages_are_counted() -> None:
    shared = [Status(Role.NORMAL, 9, owners=Owners(n)) for n in (3, 9, 10, 127)]
    assert letters(*shared) == "39++"


# The legend and the drawings


def legend(layout: Layout) -> dict[str, tuple[str, str, str]]:
    return {
        line.line: (line.letters, line.words, line.amount) for line in layout.legend
    }


def test_the_legend_by_owners() -> None:
    lines = legend(lay_out(picture(*WITH_H)))
    assert list(lines) == [
        "environment", "h-tables", "heap", "own-directory", "own-table", "space 1",
        "space 4", "space other", "shared", "client", "module", "free", "absent",
    ]  # fmt: skip
    assert lines["space 1"] == (
        "B", "space 1, directory 0x00200000; b its pages", "2 pages",
    )  # fmt: skip
    assert lines["space 4"][::2] == ("Gg", "3 pages")
    assert lines["space other"][::2] == ("#%", "21 pages")
    assert lines["shared"][::2] == ("23", "2 pages")
    assert lines["client"][::2] == ("kK", "4 pages")
    assert lines["heap"][::2] == ("e", "64 pages")


def test_a_space_without_a_directory_is_named_all_the_same() -> None:
    """Its slot may say anything while H is debugged."""
    found = picture("memory boot 2", "spaces 1 64", "owned 0 0", "pages 0 t1 e")
    assert legend(lay_out(found))["space 0"][1] == "space 0; a its pages"


def test_80_columns_and_every_letter_in_the_legend() -> None:
    owned = " ".join(f"{n} {n}" for n in range(40))
    runs = " ".join("d n1" for _ in range(40))
    layout = lay_out(
        picture("memory boot 80", "spaces 40 64", f"owned 0 {owned}", f"pages 0 {runs}")
    )
    text = in_terminal(layout)
    assert text.isascii() and max(map(len, text.splitlines())) <= 80
    assert "space 18, directory 0x00024000; z its pages" in text
    assert "spaces from 19 on; % their pages" in text
    seen = set("".join(rows_of(layout)))
    assert seen == set("".join(line.letters for line in layout.legend))
    assert len(picture_svg.draw(layout, "t")) < 60_000


def test_both_drawings_name_the_spaces() -> None:
    layout = lay_out(picture(*WITH_H))
    texts, text = texts_of(in_svg(layout)), in_terminal(layout)
    for line in layout.legend:
        assert f"{line.words}: {line.amount}" in texts
        assert line.words in text
    assert "page-directory, space 1</title>" in picture_svg.draw(layout, "t")


def test_a_page_that_changes_its_owner_has_changed() -> None:
    def one(when: str, owner: str) -> Picture:
        return picture(
            f"memory {when} 2", "spaces 2 64", f"owned 0 {owner}", "pages 0 n1*2"
        )

    before, after = one("before", "0*2"), one("after", "0 1")
    found = changes(before, after)
    assert [(change.first, change.end) for change in found] == [(1, 2)]
    assert found[0].after.words() == "normal, 1 mapping, space 1"
    row = lay_out(after, before).rows[0]
    assert isinstance(row, Row)
    assert [(cell.letter, cell.changed) for cell in row.cells] == [
        ("a", False), ("b", True),
    ]  # fmt: skip


def test_runs_are_those_of_status_where_nobody_owns() -> None:
    plain = ["memory boot 9", "pages 0 n0*5 e*4"]
    with_h = [plain[0], "spaces 0 64", plain[1]]
    assert picture(*plain).runs == picture(*with_h).runs == [
        Run(0, 5, Status(Role.NORMAL)), Run(5, 9, Status(Role.ENVIRONMENT)),
    ]  # fmt: skip
