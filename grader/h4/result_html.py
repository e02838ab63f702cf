# SPDX-License-Identifier: MIT
"""The verdict as one page for a browser: what passed and why not, the source that a
backtrace names, memory before and after, what the machine wrote.

The page needs no other file, no network and no script. The template escapes all that
is put into it, and says so to the browser too: see page/verdict.html.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from h4 import source_lines
from h4.course import Course
from h4.endings import BLOCKED, MISSING, NOT_BUILT, PASS
from h4.evidence import Evidence
from h4.manifest import Exercise
from h4.next_step import is_begun, is_open, what_next
from h4.printable import printable, printable_log
from h4.score import LabResult, Scored

PAGE = Path(__file__).with_name("page")
MOST_LOG = 16 << 10  # bytes shown of what the machine wrote
NOT_RUN = (MISSING, BLOCKED, NOT_BUILT)


def draw(course: Course, results: list[LabResult]) -> str:
    """The verdict as a page. Evidence is shown where it has been gathered."""
    found = what_next(course, results)
    following = None
    if found:
        lab, exercise = found.lab, found.exercise
        following = {
            "id": exercise.id,
            "title": exercise.title + found.words,
            "file": f"{exercise.file}:{found.error}" if found.error else exercise.file,
            "handout": f"{lab.handout}, section {exercise.id} {exercise.title}",
        }
    score = sum(result.score for result in results)
    most = sum(result.max_score for result in results)
    names = ", ".join(f"lab {result.lab.number}" for result in results[:3])
    if len(results) > 3:
        names = f"{len(results)} labs"
    return _page(
        title=f"{score}/{most} in {names}", course=course, score=score, most=most,
        labs=[_lab(result) for result in results], next=following, failure=None,
    )  # fmt: skip


def failed(words: str) -> str:
    """The grader could not give a verdict, and this is why."""
    return _page(title="No verdict", failure=printable(words))


def _page(**values: Any) -> str:
    environment = Environment(
        loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    own = (PAGE / "verdict.css").read_text("utf-8")
    values["style"] = Markup(source_lines.style() + own)
    return environment.get_template("verdict.html").render(values)


def _lab(result: LabResult) -> dict[str, Any]:
    lab = result.lab
    return {
        "number": lab.number,
        "title": lab.title,
        "version": lab.version,
        "score": result.score,
        "most": result.max_score,
        "selected": result.selected,
        "hidden": result.hidden_words(),
        "ignored": [printable(words) for words in result.ignored],
        "warnings": [(p, printable(words)) for p, words in result.warnings.items()],
        "exercises": [
            _exercise(result, exercise)
            for exercise in lab.exercises
            if result.of(exercise)
        ],
    }


def _exercise(result: LabResult, exercise: Exercise) -> dict[str, Any]:
    scored = result.of(exercise)
    score = sum(one.score for one in scored)
    most = sum(one.test.points for one in scored)
    ends = {one.outcome.status for one in scored}
    status = ends.pop() if len(ends) == 1 else "not yet"
    # What is said of each test alike is said once, of the exercise.
    once = status in NOT_RUN
    wrong = (one.test.name for one in scored if one.outcome.status != PASS)
    return {
        "id": exercise.id,
        "title": exercise.title,
        "status": status,
        "score": score,
        "most": most,
        "open": is_open(result, exercise) and is_begun(result, exercise),
        "first": next(wrong, ""),
        "words": printable("\n".join(scored[0].outcome.message)) if once else "",
        "tests": [_test(result, one, not once) for one in scored],
    }


def _test(result: LabResult, scored: Scored, say: bool) -> dict[str, Any]:
    outcome, test = scored.outcome, scored.test
    evidence = result.evidence or Evidence()
    ran = outcome.status not in (PASS, *NOT_RUN)
    which = f"LAB={result.lab.number} TEST={test.name}"
    log = printable_log(outcome.carried[-MOST_LOG:]) if ran else ""
    return {
        "name": test.name,
        "kind": test.kind,
        "status": outcome.status,
        "score": scored.score,
        "most": test.points,
        "note": printable(scored.note),
        "words": printable("\n".join(outcome.message)) if say else "",
        "places": [
            {
                "words": printable(str(place)).replace("\n", " "),
                "line": place.line,
                "lines": source_lines.excerpt(
                    evidence.sources.get(place.file, ""), place.file, place.line
                ),
            }
            for place in outcome.backtrace
        ],
        # Made of elements by picture_svg and tree_svg: text in them is escaped.
        "pictures": [Markup(svg) for svg in evidence.pictures.get(test.name, [])],
        "draw": f"make memory {which}" if test.name in evidence.left_out else "",
        "log": log,
        "cut": len(outcome.carried) if len(outcome.carried) > MOST_LOG else 0,
        "again": f"make grade {which}" if ran else "",
        "debug": f"make debug {which}" if ran else "",
    }
