# SPDX-License-Identifier: MIT
"""What a verdict is shown with, beside its words: memory before and after the tests
that failed, and the lines of source that a backtrace names.

The pictures are of a boot of their own, with the seed of the one that the verdict is
from. Sources are those alone that students have: what they have handed in, as far as
it was compiled, and the given files. No solution is shown, nor the harness.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from h4 import memory_trees, picture_svg, tree_svg
from h4.course import Course
from h4.endings import CRASH, FAIL
from h4.errors import GraderError
from h4.memory_boot import MOST_NOTES, MemoryBoot
from h4.overlay import overlay
from h4.picture_layout import lay_out
from h4.picture_notes import read_notes
from h4.score import LabResult, Scored
from h4.stage import Recipe, Stage
from h4.tree_notes import read_trees
from h4.verdict import Machine

MOST_PICTURED = 8  # tests a lab: of the others the page names the command
# Processor time of pictures, which is no part of a verdict: of one boot, which takes
# less than one, and of all of a lab.
ONE_SECONDS, ALL_SECONDS = 20.0, 60.0


@dataclass
class Evidence:
    """Of one lab.

    sources   texts by path
    pictures  drawings as SVG, of tests by name; none where there is nothing to draw
    left_out  tests that may have pictures, and were too many
    """

    sources: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, list[str]] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)


def gather(
    course: Course, result: LabResult, recipe: Recipe, machine: Machine,
    seconds: float = ALL_SECONDS,
) -> Evidence:  # fmt: skip
    """All that there is to show of a lab. Boots each test that failed once more, up to
    MOST_PICTURED of them.

    seconds  of processor time, after which no more pictures are begun: a kernel may
             have its pictures take as long as it likes
    """
    found = without_pictures(course, result, recipe)
    stage = result.stage
    chosen = [s for s in result.tests if s.test.name in found.left_out][:MOST_PICTURED]
    if stage is None or not chosen:
        return found
    begin = _seconds_of_boots()

    def draw(scored: Scored) -> list[str] | None:
        left = seconds - (_seconds_of_boots() - begin)
        if left <= 0:
            return None
        most = min(ONE_SECONDS, left)
        return pictures_of(stage, course.secret, machine, scored, most)

    with ThreadPoolExecutor(machine.jobs) as pool:
        for one, drawn in zip(chosen, pool.map(draw, chosen)):
            if drawn is not None:
                found.pictures[one.test.name] = drawn
                found.left_out.discard(one.test.name)
    return found


def _seconds_of_boots() -> float:
    """Processor time of all that this process has started and that is over."""
    used = os.times()
    return used.children_user + used.children_system


def without_pictures(course: Course, result: LabResult, recipe: Recipe) -> Evidence:
    """What takes no boot; every test that may have pictures is left out."""
    found = Evidence(sources_of(course, result, recipe))
    stage = result.stage
    if stage and stage.path and stage.image.addresses.get("page_array"):
        failed = [one for one in result.tests if one.outcome.status in (FAIL, CRASH)]
        found.left_out = {one.test.name for one in failed}
    return found


def pictures_of(
    stage: Stage, secret: str, machine: Machine, scored: Scored, seconds: float
) -> list[str]:
    """Memory before a test and after it, and from lab 7 on the mappings; as far as
    the machine came to report them within so many seconds of processor time."""
    test, seed = scored.test, scored.outcome.seed
    boot = MemoryBoot(
        machine.megabytes, machine.emulator, seed, machine.jitter, seconds
    )
    _, script = boot.run(stage, secret, test)
    if script.forged is not None or not script.tests:
        return []
    notes = script.tests[0].notes
    try:
        return [*_memory(notes, test.name), *_trees(notes, test.name)]
    except GraderError:  # a kernel whose report cannot be drawn; the command says why
        return []


def _memory(notes: list[str], test: str) -> list[str]:
    own = memory_trees.others(notes)
    if len(own) >= MOST_NOTES:
        return []
    report = read_notes(own)
    before, after = report.picture("before"), report.picture("after")
    drawn = []
    if before:
        drawn.append((lay_out(before, None), "before"))
    if after:
        drawn.append((lay_out(after, before), "after"))
    return [
        picture_svg.draw(layout, f"Physical memory {when} {test}", f"{test}-{when}")
        for layout, when in drawn
    ]


def _trees(notes: list[str], test: str) -> list[str]:
    trees = read_trees(notes)
    before, after = trees.get("before"), trees.get("after")
    return [
        tree_svg.draw(
            tree, f"Who has which memory {tree.when} {test}",
            before if tree is after else None, f"{test}-tree-{tree.when}",
        )
        for tree in (before, after)
        if tree
    ]  # fmt: skip


def sources_of(course: Course, result: LabResult, recipe: Recipe) -> dict[str, str]:
    """The texts that the backtraces of a lab name, of those that may be shown."""
    wanted = {
        place.file
        for one in result.tests
        for place in one.outcome.backtrace
        if place.line
    }
    texts = {path: course.text(path) for path in wanted & set(course.given)}
    own = overlay(course, recipe.submission, result.lab) if recipe.submission else {}
    unbuilt = set(result.stage.failures) if result.stage else set()
    for path in wanted & set(own):
        exercises = course.exercise_files[path]
        earlier = not any(exercise in result.lab.exercises for exercise in exercises)
        names = {exercise.id for exercise in exercises}
        if names & set(recipe.without) or (recipe.base_reference and earlier):
            continue  # the course's: its text is a solution
        if names & unbuilt:
            texts[path] = course.starter(path)
        else:
            texts[path] = own[path].decode("utf-8", "replace")
    return texts
