# SPDX-License-Identifier: MIT
"""What students are told: for each mutant the message of the test that kills it, in a
table that somebody reads. `make mutants MESSAGES=folder` writes it, a file a lab.

    mutant-name
      name_of_the_test: fail
      | expected: ...
      | found:    ...

Numbers in it follow from the test's seed, which changes with the sources: two messages
are the same where they are but for their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from h4.endings import Outcome
from h4.errors import GraderError
from h4.manifest import Lab
from h4.mutants import Kill
from h4.printable import printable
from h4.repeated import without_numbers
from h4.whole_file import write_text

MOST_LINES, MOST_WIDTH = 12, 300
_WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True)
class Message:
    """What one test says of one mutant."""

    mutant: str
    test: str
    status: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        said = "".join(f"  | {line}".rstrip() + "\n" for line in self.lines)
        return f"{self.mutant}\n  {self.test}: {self.status}\n{said}"

    @property
    def wording(self) -> tuple[str, ...]:
        """The lines without their numbers."""
        return tuple(without_numbers(line) for line in self.lines)


def told(mutant: str, outcome: Outcome) -> Message:
    """An outcome as its student reads it. Of the backtrace the innermost function is
    told, without its line, which any change of the source moves."""
    text = "\n".join(outcome.message)
    lines = [line for line in printable(text).split("\n") if line.strip()]
    if outcome.backtrace:
        lines.append(f"in {printable(outcome.backtrace[0].function)}")
    return Message(mutant, outcome.test.name, outcome.status, tuple(lines))


def unclear(message: Message) -> Iterator[str]:
    """What is wrong with a message for somebody who reads it alone at night."""
    if not message.lines:
        yield "says nothing"
    for line in message.lines:
        if re.search(r"\bmissing ok\b", line, re.I):
            yield f"{line!r}: is the harness's word, and no student knows it"
        if len(line) > MOST_WIDTH:
            yield f"a line of {len(line)} characters; at most {MOST_WIDTH}"
    if message.lines and not any(_WORD.search(line) for line in message.wording):
        yield f"{message.lines[0]!r}: a number without a word of what it is"
    if len(message.lines) > MOST_LINES:
        yield f"{len(message.lines)} lines; at most {MOST_LINES}"


def table_file(lab: Lab) -> str:
    return f"{Path(lab.folder).name}.txt"


def write_table(folder: Path, lab: Lab, rows: Sequence[Kill]) -> None:
    """The messages of a lab's mutants, in the order of mutants.toml. One that its
    test does not kill has none."""
    found = [
        told(row.mutant.name, row.outcomes[row.mutant.killed_by])
        for row in rows
        if not row.problem
    ]
    folder.mkdir(parents=True, exist_ok=True)
    head = f"Lab {lab.number}: what is said of each mutant, by the test that kills it.\n"
    write_text(folder / table_file(lab), "\n".join([head, *map(str, found)]), "MESSAGES=")


def read_table(text: str) -> list[Message]:
    """The messages of a table, in its order."""
    found = []
    for block in text.split("\n\n")[1:]:
        mutant, second, *rest = block.strip("\n").split("\n")
        test, colon, status = second.strip().partition(": ")
        if not colon or not all(line.startswith("  |") for line in rest):
            raise GraderError(f"{block!r}: is no entry of a table of messages")
        lines = tuple(line.removeprefix("  |").removeprefix(" ") for line in rest)
        found.append(Message(mutant, test, status, lines))
    return found

