# SPDX-License-Identifier: MIT
"""`make soak ONLY=seeds`: a right solution passes with each seed, and what does not is
named with its seed."""

from __future__ import annotations

from h4.course import Course
from h4.manifest import Lab
from h4.seeds import try_seeds
from h4.stage import Recipe, Stage, StageBuilder


class WithoutOne(StageBuilder):
    """The course's own solution, but for one exercise."""

    missing = "0.3"

    def stage(self, lab: Lab, recipe: Recipe) -> Stage:
        file = self.course.exercise(self.missing).file
        return super().stage(lab, Recipe(texts={file: self.course.starter(file)}, jobs=1))


def test_the_reference_passes_with_each_seed(builder: StageBuilder) -> None:
    lab = builder.course.lab(0)
    assert list(try_seeds(builder, lab, 5, 2)) == [
        "lab 0, gcc: 2 seeds from 5 on, 0 tests failed"
    ]


def test_what_fails_is_named_with_its_seed(builder: StageBuilder, course: Course) -> None:
    lab = course.lab(0)
    *wrong, summary = try_seeds(WithoutOne(course, builder.build), lab, 5, 2)
    due = len(lab.tests_of(course.exercise(WithoutOne.missing)))
    assert len(wrong) == 2 * due
    assert sum(line.startswith("wrong: seed 5: ") for line in wrong) == due
    assert summary.endswith(f", {2 * due} tests failed")
