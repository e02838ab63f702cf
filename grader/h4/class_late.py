# SPDX-License-Identifier: MIT
"""Days late, and the points that they cost, by the instructor's table:

    percent_a_day = 10       # of the lab's points, for each day that has begun
    most_days = 3            # handed in later, it has no points; left out: there is no such day
    grace_minutes = 15       # late by less is not late

    [deadline]               # by lab, with the zone
    0 = 2026-10-12T23:59:00+02:00

    [extension]              # days more, by name: for all labs, or by lab
    anna = 2
    "Bert Brecht" = { 0 = 7 }

    [submitted]              # when it was handed in, where that is known better
    carla = { 0 = 2026-10-12T22:10:00+02:00 }

Without an entry there, the time is that of the last commit that changes the lab's
exercise files, or the time of the last of these files in the archive or folder. A
student can set either: what a learning platform says belongs into the table.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from h4.errors import GraderError

_DAY = timedelta(days=1)
_KEYS = frozenset({
    "percent_a_day", "most_days", "grace_minutes", "deadline", "extension", "submitted",
})  # fmt: skip


@dataclass(frozen=True)
class Lateness:
    """Of one lab of one submission.

    days   that have begun since the deadline; None: there is no deadline, or no time
    """

    submitted: datetime | None
    days: int | None
    points: Decimal


@dataclass(frozen=True)
class Table:
    """The instructor's table, or one without deadlines."""

    percent: int = 0
    most_days: int | None = None
    grace: timedelta = timedelta()
    deadlines: dict[int, datetime] | None = None
    extensions: dict[str, Any] | None = None
    submitted: dict[str, Any] | None = None

    def names(self) -> set[str]:
        """The students that are named."""
        return {*(self.extensions or {}), *(self.submitted or {})}

    def late(self, name: str, lab: int, handed_in: str, score: int) -> Lateness:
        """What is left of a score; `handed_in` as the submission tells it."""
        deadline = (self.deadlines or {}).get(lab)
        time = _of_lab(self.submitted, name, lab)
        if time is None and handed_in:
            time = datetime.fromisoformat(handed_in)
            if time.tzinfo is None:  # a zip file has local times
                zone = deadline.tzinfo if deadline else None
                time = time.replace(tzinfo=zone)
        if deadline is None or time is None:
            return Lateness(time, None, Decimal(score))
        more = _of_lab(self.extensions, name, lab) or 0
        behind = time - deadline - more * _DAY
        days = 0 if behind <= self.grace else -(-behind // _DAY)
        left = max(0, 100 - self.percent * days)
        if self.most_days is not None and days > self.most_days:
            left = 0
        return Lateness(time, days, Decimal(score) * left / 100)


def _of_lab(table: dict[str, Any] | None, name: str, lab: int) -> Any:
    found = (table or {}).get(name)
    return found.get(str(lab)) if isinstance(found, dict) else found


def read_table(path: Path, labs: list[int]) -> Table:
    """The table of a file; GraderError names the entry that is not as it must be."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GraderError(f"LATE={path}: {error}") from error

    def refuse(entry: str, value: object, rule: str) -> GraderError:
        return GraderError(f"LATE={path}: {entry} = {value}: {rule}")

    def number(entry: str, default: int, most: int) -> int:
        value = given.get(entry, default)
        if type(value) is not int or not 0 <= value <= most:
            raise refuse(entry, value, f"is a whole number, 0 to {most}")
        return value

    def time(entry: str, value: object) -> datetime:
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise refuse(entry, value, "is a time with its zone: 2026-10-12T23:59:00+02:00")
        return value

    def lab(entry: str, word: str) -> int:
        if not word.isascii() or not word.isdigit() or int(word) not in labs:
            raise refuse(entry, word, f"there are the labs {', '.join(map(str, labs))}")
        return int(word)

    def table(entry: str) -> dict[str, Any]:
        value = given.get(entry, {})
        if not isinstance(value, dict):
            raise refuse(entry, value, "is a table")
        return value

    unknown = sorted(set(given) - _KEYS)
    if unknown:
        raise refuse(unknown[0], given[unknown[0]], f"there are {', '.join(sorted(_KEYS))}")
    deadlines = {
        lab("deadline", word): time(f"deadline.{word}", value)
        for word, value in table("deadline").items()
    }
    for name, value in table("extension").items():
        for word, days in (value if isinstance(value, dict) else {"": value}).items():
            if word:
                lab(f"extension.{name}", word)
            if type(days) is not int or days < 0:
                raise refuse(f"extension.{name}", days, "is a number of days")
    for name, value in table("submitted").items():
        for word, when in (value if isinstance(value, dict) else {"": value}).items():
            if word:
                lab(f"submitted.{name}", word)
            time(f"submitted.{name}", when)
    return Table(
        number("percent_a_day", 0, 100),
        number("most_days", 0, 10_000) if "most_days" in given else None,
        timedelta(minutes=number("grace_minutes", 0, 1 << 20)),
        deadlines,
        table("extension"),
        table("submitted"),
    )
