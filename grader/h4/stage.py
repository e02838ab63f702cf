# SPDX-License-Identifier: MIT
"""A stage: the kernel of one lab, built from a course and a submission.

What counts of a submission is its exercise files; everything else is the
course's. An exercise file that does not compile is replaced by its starter, so
that one mistake does not hide what the other exercises can do.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from h4 import unchanged
from h4.build import (
    CLIENT_FLAGS,
    CLIENT_TRAPS,
    DEBUG,
    FLAGS,
    L4,
    SMALL,
    WARNINGS,
    Builder,
    Built,
    Unit,
    is_client,
)
from h4.build_advice import link_words
from h4.compiling import BuildFailure, toolchain
from h4.course import Course
from h4.endings import BLOCKED, MISSING, NOT_BUILT, Outcome
from h4.errors import GraderError
from h4.kip import KIP, KIP_UNIT, kip_source
from h4.laying import lay_client_headers, lay_sources, put
from h4.manifest import Exercise, Lab, Test
from h4.programs import Programs
from h4.ready_objects import guest_objects, reference_object, versions
from h4.symbols import Image
from h4.turns import Turn


@dataclass
class Recipe:
    """What a stage is to be built from."""

    submission: Path | None = None  # None: the course's own exercise files
    base_reference: bool = False  # earlier labs from the reference objects
    without: tuple[str, ...] = ()  # these exercises from the reference objects
    # Files replaced by a text, those of programs too.
    texts: dict[str, str] = field(default_factory=dict)
    own_given: bool = False  # the tree's own copies of given files: no verdict
    name: str = ""  # one of the lab's other stages: course.OWN_STAGES
    programs: bool = False  # that one has the lab's programs too
    client_flags: tuple[str, ...] = ()  # the client is compiled with these too
    exercise_flags: tuple[str, ...] = ()  # and the exercise files with these
    paranoid: int = 0  # H looks after its operations whether all is well
    paranoid_each: int = 0  # after one operation of so many; 0: after each
    traps: bool = True  # the client is compiled with CLIENT_TRAPS: all that is graded
    compiler: str = "gcc"
    jobs: int = 0


@dataclass
class Stage:
    """A stage that was built, or the reason why it could not be."""

    course: Course
    lab: Lab
    path: Path | None  # the image, none where linking failed
    warnings: dict[str, str]
    failures: dict[str, str]  # exercise -> what the compiler said
    link_failure: str = ""
    modules: list[tuple[str, Path]] = field(default_factory=list)  # its programs

    @cached_property
    def image(self) -> Image:
        if self.path is None:
            raise GraderError(f"lab {self.lab.number}: {self.link_failure}")
        return Image(self.path)

    @property
    def tested(self) -> list[tuple[str, Path]]:
        """The modules that tests are booted with. What loads them takes time, in each
        boot."""
        wanted = self.lab.tested or self.lab.programs
        return [module for module in self.modules if module[0] in wanted]

    @property
    def missing(self) -> set[str]:
        return (self.image.missing if self.path else set()) - set(self.failures)

    def obstacle(self, test: Test) -> Outcome | None:
        """Why a test cannot be run; None: it can."""
        if self.path is None:
            return Outcome(
                test, NOT_BUILT, ["the stage could not be linked:\n" + self.link_failure]
            )
        exercise = self.course.exercise(test.exercise)
        if exercise.id in self.failures:
            words = f"{exercise.file} cannot be built:\n{self.failures[exercise.id]}"
            return Outcome(test, NOT_BUILT, [words])
        if exercise.id in self.missing:
            return Outcome(test, MISSING, [f"exercise {exercise.id} is not done yet"])
        for needed in self.course.needed(test):
            built = needed.id not in self.failures
            if not built or needed.id in self.missing:
                state = "is not done yet" if built else "cannot be built"
                words = [f"needs {needed.id}, which {state}"]
                return Outcome(test, BLOCKED, words, waits_for=needed.id)
        return None


class StageBuilder:
    """Builds the stages of a course below the folder `build`."""

    def __init__(self, course: Course, build: Path) -> None:
        self.course = course
        self.build = build

    def stage(self, lab: Lab, recipe: Recipe) -> Stage:
        self.build.mkdir(parents=True, exist_ok=True)
        builder = Builder(self.build / "objects", recipe.compiler, recipe.jobs)
        with tempfile.TemporaryDirectory(prefix="stage-", dir=self.build) as tree:
            stage = self._stage(lab, recipe, builder, Path(tree))
        if lab.programs and (recipe.programs or not recipe.name):
            programs = self._programs(lab, recipe)
            stage.modules = programs.build(builder, self.build)
        return stage

    def objects(self, lab: Lab, recipe: Recipe) -> dict[str, Path]:
        """The objects of a stage whose every file compiles, by their sources."""
        self.build.mkdir(parents=True, exist_ok=True)
        builder = Builder(self.build / "objects", recipe.compiler, recipe.jobs)
        with tempfile.TemporaryDirectory(prefix="stage-", dir=self.build) as tree:
            units, _ = self._lay_out(lab, recipe, builder, Path(tree))
            objects, built = builder.compile(units, Path(tree))
        for path, messages in built.failures.items():
            raise GraderError(f"{path} does not compile:\n{messages}")
        return {unit.path: made for unit, made in zip(units, objects)}

    def _stage(
        self, lab: Lab, recipe: Recipe, builder: Builder, tree: Path
    ) -> Stage:
        units, exercises = self._lay_out(lab, recipe, builder, tree)
        objects, built = builder.compile(units, tree)
        failures: dict[str, str] = {}
        for path, messages in list(built.failures.items()):
            if path not in exercises:
                raise GraderError(f"the given file {path} does not compile:\n{messages}")
            for exercise in exercises[path]:
                failures[exercise.id] = messages
        if failures:
            for path in built.failures:
                put(tree / path, self.course.starter(path).encode())
            objects, again = builder.compile(units, tree)
            if again.failures:
                path, messages = next(iter(again.failures.items()))
                raise GraderError(f"the starter of {path} does not compile:\n{messages}")
        warnings = {p: w for p, w in built.warnings.items() if p in exercises}
        stage = Stage(self.course, lab, None, warnings, failures)
        try:
            stage.path = self._link(objects, built, builder)
        except BuildFailure as failure:
            self._blame(stage, units, built, builder, failure)
        return stage

    def _blame(
        self,
        stage: Stage,
        units: list[Unit],
        built: Built,
        builder: Builder,
        failure: BuildFailure,
    ) -> None:
        """Finds the exercise files because of which a stage cannot be linked: each
        is tried alone among starters, and replaced by its starter if it is one."""
        files = [u for u in units if u.untrusted and not u.ready]
        texts = {u.path: (built.tree / u.path).read_bytes() for u in files}

        def linked(own: list[str]) -> Path:
            for path, text in texts.items():
                source = text if path in own else self.course.starter(path).encode()
                put(built.tree / path, source)
            objects, _ = builder.compile(units, built.tree)
            return self._link(objects, built, builder)

        try:
            linked([])
        except BuildFailure as own:
            raise GraderError(f"the course's own stage does not link:\n{own.messages}")
        sound = []
        for path in texts:
            try:
                linked([path])
                sound.append(path)
            except BuildFailure as guilty:
                inside = self.course.exercise_files[path]
                for exercise in inside:
                    stage.failures[exercise.id] = link_words(inside, guilty.messages)
        try:
            stage.path = linked(sound)
        except BuildFailure:
            # Two files that are at odds with each other only.
            stage.link_failure = failure.messages

    def lay_out(
        self, lab: Lab, recipe: Recipe, builder: Builder, tree: Path
    ) -> tuple[list[Unit], dict[str, list[Exercise]]]:
        """Writes the tree that is compiled, in which exercise files may be written to;
        its units, and the exercises of each exercise file."""
        units, exercises = self._lay_out(lab, recipe, builder, tree)
        for path in exercises.keys() & {unit.path for unit in units}:
            if (tree / path).is_file():
                put(tree / path, (tree / path).read_bytes())
        return units, exercises

    def _lay_out(
        self, lab: Lab, recipe: Recipe, builder: Builder, tree: Path
    ) -> tuple[list[Unit], dict[str, list[Exercise]]]:
        """The same, of links: put() is what writes to its files."""
        course = self.course
        exercises = course.exercise_files
        added = course.own_client(lab) if recipe.own_given else []
        written = lay_sources(course, lab, recipe, added, tree)

        paranoid = [f"-DPARANOID={recipe.paranoid}"] if recipe.paranoid else []
        if recipe.paranoid_each:
            paranoid.append(f"-DPARANOID_EACH={recipe.paranoid_each}")
        own = course.own_stage(lab, recipe.name) if recipe.name else ""
        looking = ("h/", own or f"{lab.folder}/stage.c")
        client = [f for f in CLIENT_FLAGS if recipe.traps or f not in CLIENT_TRAPS]
        client += recipe.client_flags
        lay_client_headers(tree, ("h", "l4") if course.has(lab, L4) else ("h",))
        units = [
            Unit(
                path,
                [
                    *(client if is_client(path) else FLAGS),
                    *DEBUG,
                    *WARNINGS,
                    *(paranoid if path.startswith(looking) else []),
                ],
            )
            for path in [*course.units(lab, recipe.name), *added]
            if not path.endswith(".h")
        ]
        for unit in units:
            if unit.path.startswith(f"{lab.folder}/test_"):
                unit.flags.append(SMALL)
            inside = exercises.get(unit.path, [])
            unit.untrusted = bool(inside)
            unit.known = bool(inside) and (
                not recipe.own_given and unit.path not in written
                or course.wrote(unit.path, (tree / unit.path).read_bytes())
            )
            if inside:
                unit.flags += recipe.exercise_flags
            if course.only_object(unit.path) or any(
                self._from_reference(one, lab, recipe) for one in inside
            ):
                unit.ready = reference_object(course, unit.path)
        if course.has(lab, KIP):
            text = kip_source(self._programs(lab, recipe), builder, self.build)
            (tree / KIP).mkdir(parents=True)
            (tree / KIP_UNIT).write_text(text)
            units.append(Unit(KIP_UNIT, [*FLAGS, *DEBUG, *WARNINGS]))
        ready = guest_objects(course) + ([] if recipe.name else versions(course, lab))
        units += [Unit(path.name, [], path) for path in ready]
        return units, exercises

    def _programs(self, lab: Lab, recipe: Recipe) -> Programs:
        return Programs(self.course, lab, recipe.own_given, recipe.texts)

    def _from_reference(self, exercise: Exercise, lab: Lab, recipe: Recipe) -> bool:
        earlier = not any(exercise is own for own in lab.exercises)
        return exercise.id in recipe.without or (recipe.base_reference and earlier)

    def _link(self, objects: list[Path], built: Built, builder: Builder) -> Path:
        """Links, unless the same objects have been linked before."""
        digest = hashlib.sha256(toolchain(builder.compiler))
        digest.update((built.tree / "kernel/kernel.ld").read_bytes())
        for one in objects:
            digest.update(unchanged.digest(str(one)))
        kept = self.build / "images" / (digest.hexdigest()[:32] + ".elf")
        with Turn(kept.parent, kept.name):
            if not kept.exists():
                builder.link(objects, built)
                aside = kept.with_suffix(f".{os.getpid()}-{built.tree.name}")
                shutil.move(built.elf, aside)
                os.replace(aside, kept)
        return kept
