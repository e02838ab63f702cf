# SPDX-License-Identifier: MIT
"""The page that an instructor reads when a class is graded: one HTML file, without
scripts, that needs nothing else. Every text of a submission is escaped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from h4.class_alike import LEAST, RUN, Pair
from h4.class_run import PAGE, STUDENTS
from h4.class_table import Row, plain
from h4.course import Course
from h4.endings import BLOCKED, MISSING, PASS
from h4.manifest import Lab
from h4.plots import draw_histogram

SUMMARY = "summary.html"
TEMPLATE = "class.html"
MOST_PAIRS = 200
MOST_TESTS = 15  # of a lab, those that most fail


@dataclass(frozen=True)
class Failing:
    """A test, and what it did where its exercise was begun."""

    name: str
    exercise: str
    begun: int
    failed: int
    how: str

    @property
    def percent(self) -> int:
        return round(100 * self.failed / self.begun)


def failing(rows: list[Row], lab: Lab) -> list[Failing]:
    """The tests of a lab that most fail, those first that most do."""
    found = []
    for test in lab.tests:
        ends: Counter[str] = Counter()
        for row in rows:
            for one in row.labs.get(lab.number, {}).get("tests", ()):
                if one["name"] == test.name:
                    ends[one["status"]] += 1
        begun = sum(n for end, n in ends.items() if end not in (MISSING, BLOCKED))
        failed = begun - ends[PASS]
        if failed:
            how = [f"{n} {end}" for end, n in ends.most_common()
                   if end not in (PASS, MISSING, BLOCKED)]  # fmt: skip
            found.append(Failing(test.name, test.exercise, begun, failed, ", ".join(how)))
    return sorted(found, key=lambda one: (-one.failed, one.name))[:MOST_TESTS]


def _spread(rows: list[Row], lab: Lab) -> Markup:
    most = sum(test.points for test in lab.tests)
    scores = [row.labs[lab.number]["score"] for row in rows if lab.number in row.labs]
    title = f"Lab {lab.number}: {lab.title}"
    return _drawn(draw_histogram(scores, most, title, "score", "submissions"))


def _times(rows: list[Row]) -> Markup:
    seconds = [row.seconds for row in rows if row.seconds]
    if not seconds:
        return Markup("")
    most = max(seconds)
    along = "seconds of processor time"
    return _drawn(draw_histogram(seconds, most, "Time", along, "submissions"))


def _drawn(svg: str) -> Markup:
    """A drawing of the grader's own, from its element on."""
    return Markup(svg[svg.index("<svg ") :])


def summary(
    course: Course, labs: list[Lab], rows: list[Row], pairs: list[Pair],
    warnings: list[str]
) -> str:  # fmt: skip
    """The page's text."""
    loader = jinja2.FileSystemLoader(Path(__file__).with_name("page"))
    environment = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["plain"] = plain

    def link(row: Row) -> str:
        return quote(f"{STUDENTS}/{row.entry.folder}/{PAGE}")

    graded = [row for row in rows if row.labs]
    return environment.get_template(TEMPLATE).render(
        course=course,
        labs=labs,
        rows=rows,
        graded=graded,
        apart=[row for row in rows if not row.labs],
        noted=[row for row in graded if row.about["notes"]],
        link=link,
        most=sum(test.points for lab in labs for test in lab.tests),
        spreads=[_spread(graded, lab) for lab in labs] if graded else [],
        failing={lab.number: failing(graded, lab) for lab in labs},
        times=_times(rows),
        seconds=sum(row.seconds for row in rows),
        slowest=sorted(rows, key=lambda row: -row.seconds)[:5],
        pairs=pairs[:MOST_PAIRS],
        more=max(0, len(pairs) - MOST_PAIRS),
        least=LEAST,
        run=RUN,
        warnings=warnings,
    )
