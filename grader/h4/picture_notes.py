# SPDX-License-Identifier: MIT
"""Reads what a machine reports about its memory, with suspicion.

    memory <when> <pages>          begins a picture; when: boot, before, after
    place <first> <end> <name>     a part with a name; the end is exclusive
    region <first> <pages>         an initial region
    spaces <used> <slots>          H's address spaces, where H is there
    owned <first> <run> <run> ...  whose pages are; only after `spaces`
    pages <first> <run> <run> ...  runs: `<code>` or `<code>*<times>`

in this order. The numbers are decimal and count pages. The `owned` lines say
nothing of pages that nobody owns; the `pages` lines go on where the last one
ended. The picture is complete when all of its pages have come. The codes:

    x           not installed          e           environment
    d, dp       page-directory         t<entries>, t<entries>p   page-table
    n<count>    normal                 n<count>m   normal, holds a module
    ?<status>   anything else          (p: pinned)

and of owners:

    <space>           one address space, by number
    <space>+<space>   two of them      s<count>    more; 127 for all above
    k                 alone or behind these: a kernel mapping of the client
    H                 H's own tables   h           the client's heap

The lines come from a kernel that is being debugged, so that each rule that one
of them breaks is named and nothing is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from h4.errors import GraderError
from h4.picture import (
    MOST_PAGES,
    MOST_SPACES,
    Owners,
    Part,
    Picture,
    Place,
    Region,
    Role,
    Run,
    Spaces,
    Status,
    with_owners,
)

KINDS = ("memory", "place", "region", "spaces", "owned", "pages")
MOMENTS = ("boot", "before", "after")
MOST_PLACES = 200
MOST_REGIONS = 1024  # REGIONS_MAX of <kernel/memory.h>
MOST_MAPPINGS = 0x7FFF  # PAGE_COUNT_MAX
MOST_ENTRIES = 0xFFF  # what `entries : 12` can hold, be it right or wrong
MOST_SLOTS = 4096  # of address spaces

NUMBER = "(0|[1-9][0-9]{0,6})"
MEMORY = re.compile(rf"([a-z]+) {NUMBER}")
PLACE = re.compile(rf"{NUMBER} {NUMBER} ([ -~]{{1,240}})")
REGION = re.compile(rf"{NUMBER} {NUMBER}")
SPACES = re.compile(rf"{NUMBER} {NUMBER}")
PAGES = re.compile(rf"{NUMBER}((?: [!-~]+)+)")
RUN = re.compile(rf"([^*]+)(?:\*{NUMBER})?")
CODE = re.compile(
    rf"(x)|(e)|(dp?)|t{NUMBER}(p?)|n{NUMBER}(m?)|\?(-?[0-9]{{1,6}})"
)
OWNERS = re.compile(rf"(?:{NUMBER}(?:\+{NUMBER})?|s{NUMBER})?(k?)")
PARTS = {"H": Owners(part=Part.H_TABLES), "h": Owners(part=Part.HEAP)}


class NotesError(GraderError):
    """A line breaks a rule; the text names both."""


@dataclass
class Report:
    """What came.

    pictures    those that are complete
    unfinished  one that the machine stopped within
    """

    pictures: list[Picture] = field(default_factory=list)
    unfinished: Picture | None = None

    def picture(self, when: str) -> Picture | None:
        return next((one for one in self.pictures if one.when == when), None)


class _Wrong(Exception):
    """The rule that this line breaks."""


class _Reader:
    def __init__(self) -> None:
        self.report = Report()
        self.open: Picture | None = None  # the one that is being read
        self.next = 0  # its next page
        self.known: dict[str, Status] = {}  # codes already read
        self.owned: list[tuple[int, int, Owners]] = []  # of the open picture
        self.stage = 0  # the last kind of line, as an index of KINDS

    def line(self, kind: str, text: str) -> None:
        stage = KINDS.index(kind)
        if kind == "memory":
            self._memory(text)
        elif self.open is None:
            raise _Wrong("no picture is open: each one begins with `memory`")
        elif stage < self.stage:
            raise _Wrong(f"`{kind}` comes before `{KINDS[self.stage]}`")
        elif kind == "place":
            self._place(self.open, text)
        elif kind == "region":
            self._region(self.open, text)
        elif kind == "spaces":
            self._spaces(self.open, text)
        elif kind == "owned":
            self._owned(self.open, text)
        else:
            self._pages(self.open, text)
        self.stage = stage

    def _memory(self, text: str) -> None:
        if self.open is not None:
            raise _Wrong(
                f"the picture `{self.open.when}` is not complete: "
                f"{self.next} of its {self.open.pages} pages have come"
            )
        when, pages = _fields(MEMORY, text, "`memory <when> <pages>`")
        if when not in MOMENTS:
            raise _Wrong(f"the moment is one of {', '.join(MOMENTS)}")
        if self.report.picture(when):
            raise _Wrong(f"there is a picture `{when}` already")
        before = self.report.picture("before")
        if when == "after" and before and before.pages != int(pages):
            raise _Wrong(f"before the test there were {before.pages} pages")
        if not 1 <= int(pages) <= MOST_PAGES:
            raise _Wrong(f"a machine has 1 to {MOST_PAGES} pages")
        self.open, self.next, self.owned = Picture(when, int(pages)), 0, []

    def _place(self, picture: Picture, text: str) -> None:
        first, end, name = _fields(PLACE, text, "`place <first> <end> <name>`")
        place = Place(int(first), int(end), name.strip() or "(no name)")
        if not place.first <= place.end <= MOST_PAGES:
            raise _Wrong(
                f"a place does not end before its first page, nor behind {MOST_PAGES}"
            )
        if len(picture.places) == MOST_PLACES:
            raise _Wrong(f"a picture has at most {MOST_PLACES} places")
        picture.places.append(place)

    def _region(self, picture: Picture, text: str) -> None:
        first, pages = map(int, _fields(REGION, text, "`region <first> <pages>`"))
        if not pages or first + pages > MOST_PAGES:
            raise _Wrong(f"a region has pages, and does not end behind {MOST_PAGES}")
        if len(picture.regions) == MOST_REGIONS:
            raise _Wrong(f"a picture has at most {MOST_REGIONS} regions")
        picture.regions.append(Region(first, pages))

    def _spaces(self, picture: Picture, text: str) -> None:
        used, slots = map(int, _fields(SPACES, text, "`spaces <used> <slots>`"))
        if picture.spaces is not None:
            raise _Wrong("the spaces have been counted already")
        if not used <= slots <= MOST_SLOTS:
            raise _Wrong(f"there are no more spaces than slots, nor than {MOST_SLOTS}")
        picture.spaces = Spaces(used, slots)

    def _owned(self, picture: Picture, text: str) -> None:
        first, words = _fields(PAGES, text, "`owned <first> <run> <run> ...`")
        if picture.spaces is None:
            raise _Wrong("`owned` comes before `spaces`")
        at = int(first)
        if self.owned and at < self.owned[-1][1]:
            raise _Wrong(f"the owners up to page {self.owned[-1][1]} have come")
        for word in words.split():
            code, times = _fields(RUN, word, "`<code>` or `<code>*<times>`, as a run")
            owners, end = _owners(code, picture.spaces), at + int(times or 1)
            if not at < end <= picture.pages:
                raise _Wrong(
                    f"run `{_short(word)}`: from page {at} on there are "
                    f"{max(picture.pages - at, 0)} pages"
                )
            self.owned.append((at, end, owners))
            at = end

    def _pages(self, picture: Picture, text: str) -> None:
        first, words = _fields(PAGES, text, "`pages <first> <run> <run> ...`")
        if int(first) != self.next:
            raise _Wrong(f"the next page is {self.next}")
        for word in words.split():
            self._run(picture, word)
        if self.next == picture.pages:
            picture.runs = list(with_owners(picture.runs, self.owned))
            self.report.pictures.append(picture)
            self.open = None

    def _run(self, picture: Picture, word: str) -> None:
        code, times = _fields(RUN, word, "`<code>` or `<code>*<times>`, as a run")
        count = int(times or 1)
        status = self.known.get(code)
        if status is None:
            status = self.known[code] = _status(code)
        if not 1 <= count <= picture.pages - self.next:
            raise _Wrong(
                f"run `{_short(word)}`: after page {self.next} there is room for 1 to "
                f"{picture.pages - self.next} pages"
            )
        end = self.next + count
        last = picture.runs[-1] if picture.runs else None
        if last and last.status == status:
            picture.runs[-1] = Run(last.first, end, status)
        else:
            picture.runs.append(Run(self.next, end, status))
        self.next = end


def _fields(form: re.Pattern[str], text: str, words: str) -> tuple[str, ...]:
    found = form.fullmatch(text)
    if not found:
        raise _Wrong(f"it must have the form {words}")
    return found.groups()


def _short(text: str) -> str:
    plain = "".join(c if " " <= c <= "~" else "?" for c in text)
    return plain if len(plain) <= 60 else plain[:57] + "..."


def _status(code: str) -> Status:
    found = CODE.fullmatch(code)
    if not found:
        raise _Wrong(f"`{_short(code)}` is no code of a status")
    absent, own, directory, entries, pinned, count, module, other = found.groups()
    if absent:
        return Status(Role.NOT_INSTALLED)
    if own:
        return Status(Role.ENVIRONMENT)
    if directory:
        return Status(Role.DIRECTORY, pinned=directory == "dp")
    if entries is not None:
        return Status(Role.TABLE, _most(entries, MOST_ENTRIES), pinned=bool(pinned))
    if count is not None:
        return Status(Role.NORMAL, _most(count, MOST_MAPPINGS), module=bool(module))
    return Status(Role.UNDEFINED, int(other))


def _owners(code: str, spaces: Spaces) -> Owners:
    found = OWNERS.fullmatch(code)
    if code in PARTS:
        return PARTS[code]
    if not found:
        raise _Wrong(f"`{_short(code)}` is no code of an owner")
    first, second, count, client = found.groups()
    named = tuple(int(one) for one in (first, second) if one is not None)
    if any(one >= spaces.slots for one in named):
        raise _Wrong(f"spaces have numbers below {spaces.slots}")
    if len(named) == 2 and named[0] >= named[1]:
        raise _Wrong("of two spaces the one with the smaller number comes first")
    if count is not None and not 3 <= int(count) <= min(MOST_SPACES, spaces.used):
        raise _Wrong(f"more than two spaces, of {spaces.used}, at most {MOST_SPACES}")
    return Owners(int(count) if count else len(named), named, bool(client))


def _most(number: str, most: int) -> int:
    if int(number) > most:
        raise _Wrong(f"the number {number} is larger than {most}, the most it can be")
    return int(number)


def read_notes(notes: Iterable[str]) -> Report:
    """The pictures in the notes of one boot or test (without `# `); notes about
    other things are passed over.

    NotesError: a line breaks a rule.
    """
    reader = _Reader()
    for number, note in enumerate(notes, 1):
        kind, _, text = note.partition(" ")
        if kind not in KINDS:
            continue
        try:
            reader.line(kind, text)
        except _Wrong as rule:
            raise NotesError(
                f"what the machine reports about its memory cannot be read: note "
                f"{number}, `{_short(note)}`: {rule}"
            ) from None
    reader.report.unfinished = reader.open
    return reader.report
