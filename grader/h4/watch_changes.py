# SPDX-License-Identifier: MIT
"""What is new in a verdict: the tests whose end, points or message are others than
before, and no more, so that one save is answered by a few lines."""

from __future__ import annotations

from h4.endings import BLOCKED, MISSING, NOT_BUILT, PASS
from h4.manifest import Exercise
from h4.repeated import distinct
from h4.report import Report
from h4.score import LabResult, Scored

FOLDED = ({MISSING}, {BLOCKED}, {NOT_BUILT})


def changed(before: LabResult | None, after: LabResult) -> list[Scored]:
    """The tests of a lab that do not end as they did, in the manifest's order.

    before  None: nothing is known, and everything is new
    """
    if before is None:
        return list(after.tests)
    was = {s.test.name: _seen(s) for s in before.tests}
    return [s for s in after.tests if was.get(s.test.name) != _seen(s)]


def _seen(scored: Scored) -> tuple[object, ...]:
    return scored.outcome.status, scored.score, tuple(scored.outcome.message)


def report_changes(
    report: Report, before: LabResult | None, after: LabResult
) -> None:
    """Writes what is new of a lab, and its points."""
    new = {id(scored) for scored in changed(before, after)}
    old_warnings = before.warnings if before else {}
    report.warnings({
        path: words
        for path, words in after.warnings.items()
        if old_warnings.get(path) != words
    })
    was = {s.test.name: s for s in before.tests} if before else {}
    for exercise in after.lab.exercises:
        mine = [s for s in after.of(exercise) if id(s) in new]
        if mine:
            _exercise(report, after, exercise, mine, was)
    report.line(f"[bold]Lab {after.lab.number}: {_points(before, after)}[/]")


def _exercise(
    report: Report, result: LabResult, exercise: Exercise, new: list[Scored],
    was: dict[str, Scored],
) -> None:  # fmt: skip
    """An exercise of which something is new. Where all its tests say the same, one line
    says it; else each test that is new has its own."""
    every = result.of(exercise)
    right = all(s.score == s.test.points for s in every)
    if right or {s.outcome.status for s in every} in FOLDED:
        report.exercise(result, exercise, every)
        return
    report.head(exercise, every)
    first = [s for s in new if _first_pass(was.get(s.test.name), s)]
    if first:
        count = f"{len(first)} test" + "s" * (len(first) > 1)
        report.line(f"[green]pass[/]     {count} that could not run before", 4)
    for scored, repeated in distinct(exercise, [s for s in new if s not in first]):
        before = was.get(scored.test.name)
        end = before.outcome.status if before else ""
        if end not in ("", scored.outcome.status):
            report.test(result, scored, f"was: {end}")
        else:
            report.test(result, scored)
        report.repeated(repeated)
    same = [s for s in every if s not in new and s.outcome.status != PASS]
    if same:
        names = ", ".join(f"{s.test.name} ({s.outcome.status})" for s in same)
        report.line(f"as before: {names}", 4)


def _first_pass(before: Scored | None, now: Scored) -> bool:
    """Does it pass and have its points, where it did not even run before?"""
    ran = before and {before.outcome.status} not in FOLDED
    return not ran and now.score == now.test.points and now.outcome.status == PASS


def _points(before: LabResult | None, after: LabResult) -> str:
    now = f"{after.score}/{after.max_score}"
    if before is None or not before.tests:
        return now
    if not changed(before, after):
        return f"{now}, nothing has changed"
    step = after.score - before.score
    unit = "point" if abs(step) == 1 else "points"
    return f"{now}, {step:+} {unit}" if step else f"{now}, as before"
