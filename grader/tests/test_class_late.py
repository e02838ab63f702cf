# SPDX-License-Identifier: MIT
"""Days late, by a table."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from h4.class_late import Table, read_table
from h4.errors import GraderError

TABLE = """
percent_a_day = 10
most_days = 3
grace_minutes = 15
[deadline]
0 = 2026-10-12T23:59:00+02:00
[extension]
anna = 2
bert = { 0 = 1 }
[submitted]
carla = { 0 = 2026-10-14T12:00:00+02:00 }
"""


def table(tmp_path: Path, text: str = TABLE) -> Table:
    (tmp_path / "late.toml").write_text(text)
    return read_table(tmp_path / "late.toml", [0, 1])


@pytest.mark.parametrize(
    ("name", "handed_in", "days", "points"),
    [
        ("zoe", "2026-10-12T21:59:00+00:00", 0, "85"),
        ("zoe", "2026-10-12T22:14:00+00:00", 0, "85"),  # the last minute of grace
        ("zoe", "2026-10-12T22:14:01+00:00", 1, "76.5"),
        ("zoe", "2026-10-13T21:59:00+00:00", 1, "76.5"),
        ("zoe", "2026-10-13T21:59:01+00:00", 2, "68"),
        ("zoe", "2026-10-15T21:59:00+00:00", 3, "59.5"),
        ("zoe", "2026-10-15T21:59:01+00:00", 4, "0"),
        ("zoe", "2026-10-12T23:59:00", 0, "85"),  # a zip file: as in the deadline's zone
        ("zoe", "2026-10-13T00:30:00", 1, "76.5"),
        ("zoe", "", None, "85"),
        ("anna", "2026-10-14T21:59:00+00:00", 0, "85"),
        ("anna", "2026-10-15T21:59:00+00:00", 1, "76.5"),
        ("bert", "2026-10-13T21:59:00+00:00", 0, "85"),
        ("carla", "2026-10-12T10:00:00+00:00", 2, "68"),  # the table knows better
    ],
)
def test_days(tmp_path: Path, name: str, handed_in: str, days: int | None, points: str) -> None:
    late = table(tmp_path).late(name, 0, handed_in, 85)
    assert (late.days, late.points) == (days, Decimal(points))


def test_without_a_deadline_nothing_is_late(tmp_path: Path) -> None:
    for one in (Table(), table(tmp_path)):
        late = one.late("zoe", 1, "2036-10-12T21:59:00+00:00", 85)
        assert (late.days, late.points) == (None, Decimal(85))


def test_names(tmp_path: Path) -> None:
    assert table(tmp_path).names() == {"anna", "bert", "carla"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("percent_a_day = 10", "percent_a_day = 101"), "percent_a_day = 101: is a whole"),
        (("percent_a_day = 10", "percent_a_day = true"), "percent_a_day = True: is a whole"),
        (("percent_a_day", "percent"), "percent = 10: there are"),
        (("00+02:00\n[ext", "00\n[ext"), "deadline.0 = 2026-10-12 23:59:00: is a time with"),
        (("0 = 2026-10-12T23", "9 = 2026-10-12T23"), "deadline = 9: there are the labs 0, 1"),
        (("anna = 2", 'anna = "two"'), "extension.anna = two: is a number of days"),
        (("bert = { 0", "bert = { 7"), "extension.bert = 7: there are the labs"),
        (("0 = 2026-10-14T12:00:00+02:00", "0 = 3"), "submitted.carla = 3: is a time"),
        (("[deadline]", "[deadline"), "late.toml"),
    ],
)
def test_a_wrong_table(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    text = TABLE.replace(*change)
    assert text != TABLE
    with pytest.raises(GraderError) as error:
        table(tmp_path, text)
    assert words in str(error.value)
