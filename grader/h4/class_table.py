# SPDX-License-Identifier: MIT
"""The results of a class as a table: read from the students' folders, written as CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from h4.class_entries import Entry
from h4.class_late import Lateness, Table
from h4.class_run import ABOUT, RESULT, STATE, STUDENTS
from h4.class_worker import GRADED
from h4.errors import GraderError
from h4.manifest import Lab

# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass
class Row:
    """One submission."""

    entry: Entry
    status: str
    reason: str = ""
    about: dict[str, Any] = field(default_factory=dict)
    labs: dict[int, dict[str, Any]] = field(default_factory=dict)
    late: dict[int, Lateness] = field(default_factory=dict)
    seconds: float = 0  # of processor time

    @property
    def score(self) -> int:
        return sum(int(lab["score"]) for lab in self.labs.values())

    @property
    def points(self) -> Decimal:
        return sum((one.points for one in self.late.values()), Decimal(0))


def read_rows(out: Path, entries: list[Entry], table: Table) -> list[Row]:
    """What the folders of the students say."""
    rows = []
    for entry in entries:
        folder = out / STUDENTS / entry.folder
        try:
            about = json.loads((folder / ABOUT).read_text())
            row = Row(entry, about["status"], about["reason"], about)
            if row.status == GRADED:
                result = json.loads((folder / RESULT).read_text())
                row.labs = {lab["lab"]: lab for lab in result["labs"]}
            state = folder / STATE
            row.seconds = json.loads(state.read_text())["seconds"] if state.exists() else 0
        except (OSError, ValueError, KeyError) as error:
            raise GraderError(f"{folder}: is damaged ({error}); delete it") from error
        for number, lab in row.labs.items():
            time = about["handed_in"].get(str(number), "")
            row.late[number] = table.late(entry.name, number, time, lab["score"])
        rows.append(row)
    return rows


def plain(number: Decimal) -> str:
    """Without an exponent, and without zeros at the end."""
    text = f"{number:.2f}"
    return text.rstrip("0").rstrip(".")


def cell(text: str) -> str:
    """As text, also for a spreadsheet."""
    return "'" + text if text.startswith(_FORMULA) else text


def as_csv(rows: list[Row], labs: list[Lab]) -> str:
    """One line a submission; a cell that is empty says that there is no score."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = ["name", "submission", "status", "reason"]
    for lab in labs:
        n = f"lab{lab.number}"
        head += [n, f"{n}_on", f"{n}_submitted", f"{n}_days_late", f"{n}_points"]
    writer.writerow([*head, "score", "of", "points", "folder"])
    most = sum(test.points for lab in labs for test in lab.tests)
    for row in rows:
        line = [cell(row.entry.name), cell(row.entry.entry), row.status, cell(row.reason)]
        for lab in labs:
            if lab.number not in row.labs:
                line += [""] * 5
                continue
            late = row.late[lab.number]
            line += [
                str(row.labs[lab.number]["score"]),
                row.about["bases"].get(str(lab.number), ""),
                late.submitted.isoformat() if late.submitted else "",
                "" if late.days is None else str(late.days),
                plain(late.points),
            ]
        scored = [str(row.score), str(most), plain(row.points)] if row.labs else ["", "", ""]
        writer.writerow([*line, *scored, row.entry.folder])
    return out.getvalue()
