# SPDX-License-Identifier: MIT
"""What becomes of a mutant that was made by rule: compiled, compared, booted.

A mutant whose assembler text is the solution's is no mistake, and one whose text
another mutant has too is that one. What is left is linked with all else of its lab's
stage and booted with the tests of its exercise, until the first one that kills it.
What came of a mutant is remembered by all that it follows from.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from h4.auto_memory import Memory
from h4.auto_mutants import AutoMutant
from h4.build import Builder, Built
from h4.compiling import compiler_version, limits, own_headers
from h4.course import Course
from h4.endings import ERROR, PASS
from h4.errors import GraderError
from h4.manifest import Lab, Test, load_mutants
from h4.processors import processors
from h4.stage import Recipe, Stage, StageBuilder
from h4.verdict import Machine, Run

# What a mutant came to.
KILLED, SURVIVED, SAME, TWIN, BROKEN = "killed", "survived", "same", "twin", "broken"

# A mistake that the compiler finds is no riddle for the tests; that something is not
# used any more follows from the edit alone.
STRICT = ["-Werror", "-Wno-unused", "-Wno-unused-parameter"]


@dataclass(frozen=True)
class Fate:
    """What came of one mutant, and by whom."""

    status: str
    by: str = ""  # the test that killed it


@dataclass(frozen=True)
class Surroundings:
    """All that a verdict on a mutant follows from, but for its code and the tests of
    other exercises."""

    system: str
    tests: dict[str, str]  # by name: all that is to be known of it

    def digest(self, code: str, killer: str = "") -> str:
        """The name under which a verdict is kept: this test kills it, or none does."""
        tests = [self.tests[killer]] if killer else sorted(self.tests.values())
        words = " ".join([code, self.system, *tests])
        return hashlib.sha256(words.encode()).hexdigest()


class FirstKill(Run):
    """Ends with the first test that does not pass."""

    @property
    def killer(self) -> str:
        return next((n for n, o in self.outcomes.items() if o.status != PASS), "")

    def _batch(self, tests: list[Test]) -> list[list[Test]]:
        rest = super()._batch(tests)
        return [] if self.killer else rest


class Bench:
    """The stage of one lab, ready for one file of it to be replaced."""

    def __init__(self, builder: StageBuilder, lab: Lab, tree: Path) -> None:
        self.course: Course = builder.course
        self.lab = lab
        self.tree = tree
        self.memory = Memory(builder.build / "auto" / f"lab{lab.number}.txt")
        self._builder = Builder(builder.build / "objects", "gcc", 1)
        self._images = builder.build / "auto"
        self._images.mkdir(parents=True, exist_ok=True)
        recipe = Recipe(jobs=processors())
        self.stage = builder.stage(lab, recipe)
        if self.stage.path is None or self.stage.failures:
            raise GraderError(f"lab {lab.number}: the course's own stage does not build")
        units, _ = builder.lay_out(lab, recipe, self._builder, tree)
        objects, built = self._builder.compile(units, tree)
        if built.failures:
            raise GraderError(f"lab {lab.number}: the course's own stage does not build")
        self._objects = dict(zip((unit.path for unit in units), objects))
        self._flags = {unit.path: unit.flags for unit in units}
        # What has been compiled and waits to be booted, packed.
        self._codes: dict[str, bytes] = {}

    # Compiling

    def code(self, file: str, text: str) -> bytes:
        """What the compiler makes of this text in place of a file's: assembler text,
        or an object of what is assembler text already. Nothing if it refuses or warns.
        """
        if not file.endswith(".S"):
            return self._compile(file, text, ["-S", "-o", "-"]) or b""
        with tempfile.TemporaryDirectory(prefix="code-", dir=self._images) as name:
            made = Path(name) / "code.o"
            if self._compile(file, text, ["-c", "-o", str(made)]) is None:
                return b""
            return made.read_bytes()

    def object(self, file: str, text: str, to: Path) -> None:
        """Makes an object of a text that the compiler takes."""
        digest = self._digest(file, text)
        packed = self._codes.pop(digest, None)
        code = zlib.decompress(packed) if packed else self.code(file, text)
        if not code:
            raise GraderError(f"{file}: this does not compile any more:\n{text}")
        if file.endswith(".S"):
            to.write_bytes(code)
            return
        subprocess.run(
            [*limits(), "as", "--32", "-o", str(to), "-"], input=code, check=True
        )

    def _compile(self, file: str, text: str, out: list[str]) -> bytes | None:
        kind = "assembler-with-cpp" if file.endswith(".S") else "c"
        done = subprocess.run(
            [
                *limits(), "gcc", *self._flags[file], "-g0", *STRICT, "-x", kind,
                f"-iquote{os.path.dirname(file)}", "-nostdinc", "-isystem",
                own_headers("gcc"), *out, "-",
            ],
            cwd=self.tree, input=f'# 1 "{file}"\n{text}'.encode(),
            capture_output=True, check=False,
        )  # fmt: skip
        return None if done.returncode else done.stdout

    @cached_property
    def _headers(self) -> bytes:
        digest = hashlib.sha256(compiler_version("gcc").encode())
        for path in sorted(self.tree.rglob("*.h")):
            digest.update(path.relative_to(self.tree).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
        return digest.digest()

    def _digest(self, file: str, text: str) -> str:
        digest = hashlib.sha256(self._headers)
        digest.update("\0".join([file, *self._flags[file], *STRICT, text]).encode())
        return digest.hexdigest()

    def compiled(self, file: str, text: str) -> str:
        """A digest of what the compiler makes of a text; "" if it refuses."""
        digest = self._digest(file, text)
        known = self.memory.get(digest)
        if known is None:
            code = self.code(file, text)
            self._codes[digest] = zlib.compress(code)
            known = ["code", hashlib.sha256(code).hexdigest() if code else "-"]
            self.memory.put(digest, *known)
        return known[1].replace("-", "")

    # Booting

    def tests(self, exercise: str) -> list[Test]:
        """The tests of an exercise, those first that find most of the mistakes that
        were written by hand."""
        own = self.lab.tests_of(self.course.exercise(exercise))
        return sorted(own, key=lambda test: -self._kills[test.name])

    @cached_property
    def _kills(self) -> Counter[str]:
        listed = load_mutants(self.course.root, self.lab)
        return Counter(mutant.killed_by for mutant in listed)

    def surroundings(self, exercise: str, file: str) -> Surroundings:
        """What a verdict on a mutant of this file follows from, but for its code."""
        tests = self.tests(exercise)
        system = hashlib.sha256(compiler_version("gcc").encode())
        system.update((self.tree / "kernel/kernel.ld").read_bytes())
        sources: dict[str, str] = {}
        for path, made in self._objects.items():
            content = made.read_bytes()
            if path.startswith(f"{self.lab.folder}/test_"):
                digest = hashlib.sha256(content).hexdigest()
                mine = [t.name for t in tests if f"\0test_{t.name}\0".encode() in content]
                sources |= dict.fromkeys(mine, digest)
            elif path != file:
                system.update(path.encode() + b"\0" + content)
        for name, module in self.stage.tested:
            system.update(name.encode() + b"\0" + module.read_bytes())
        parts = {
            test.name: f"{test.name} {test.limit} {sources[test.name]}" for test in tests
        }
        return Surroundings(system.hexdigest(), parts)

    def known(self, code: str, around: Surroundings) -> Fate | None:
        """What is remembered of a mutant: that a test kills it which is still the same,
        or that none of those did that are the same all."""
        for test in around.tests:
            if self.memory.get(around.digest(code, test)):
                return Fate(KILLED, test)
        return Fate(SURVIVED) if self.memory.get(around.digest(code)) else None

    def judge(self, mutant: AutoMutant, code: str, around: Surroundings) -> Fate:
        """Boots a mutant, unless its fate is known."""
        fate = self.known(code, around)
        if fate is None:
            fate = self._boot(mutant)
            self.memory.put(around.digest(code, fate.by), fate.status, fate.by or "-")
        return fate

    def _boot(self, mutant: AutoMutant) -> Fate:
        with tempfile.TemporaryDirectory(prefix="mutant-", dir=self._images) as name:
            made, image = Path(name) / "mutant.o", Path(name) / "kernel.elf"
            self.object(mutant.file, mutant.mutated, made)
            objects = [
                made if path == mutant.file else one for path, one in self._objects.items()
            ]
            self._builder.link(objects, Built(image, self.tree))
            stage = Stage(
                self.course, self.lab, image, {}, {}, modules=self.stage.modules
            )
            run = FirstKill(stage, self.course.secret, Machine(jobs=1, direct=True))
            with ThreadPoolExecutor(1) as pool:
                run.tests(self.tests(mutant.exercise), pool)
        killer = run.killer
        if killer and run.outcomes[killer].status == ERROR:
            words = " ".join(run.outcomes[killer].message)
            raise GraderError(f"{mutant.name}: the grader failed: {words}")
        return Fate(KILLED, killer) if killer else Fate(SURVIVED)


@contextmanager
def bench(builder: StageBuilder, lab: Lab) -> Iterator[Bench]:
    """A lab's bench, for as long as it is used."""
    builder.build.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="auto-", dir=builder.build) as tree:
        yield Bench(builder, lab, Path(tree))


def judge_all(
    place: Bench, mutants: Sequence[AutoMutant], progress: Callable[[str], None]
) -> dict[AutoMutant, Fate]:
    """What comes of each."""
    fates: dict[AutoMutant, Fate] = {}
    with ThreadPoolExecutor(processors()) as pool:

        def compiled(mutant: AutoMutant) -> str:
            code = place.compiled(mutant.file, mutant.mutated)
            progress("compiled")
            return code

        codes = dict(zip(mutants, pool.map(compiled, mutants)))
        left, twins = _sort_out(place, codes, fates)
        around = {
            (m.exercise, m.file): place.surroundings(m.exercise, m.file) for m in left
        }

        def judged(mutant: AutoMutant) -> Fate:
            fate = place.judge(
                mutant, codes[mutant], around[mutant.exercise, mutant.file]
            )
            progress(fate.status)
            return fate

        fates |= zip(left, pool.map(judged, left))
    for mutant in twins:
        progress(TWIN)
        fates[mutant] = Fate(TWIN)
    return {mutant: fates[mutant] for mutant in mutants}


def _sort_out(
    place: Bench, codes: dict[AutoMutant, str], fates: dict[AutoMutant, Fate]
) -> tuple[list[AutoMutant], list[AutoMutant]]:
    """The mutants that have to be booted, and those that are the same as one of them;
    the fates of the others are noted."""
    left: dict[tuple[str, str], AutoMutant] = {}
    twins: list[AutoMutant] = []
    for mutant, code in codes.items():
        if not code:
            fates[mutant] = Fate(BROKEN)
        elif code == place.compiled(mutant.file, mutant.text):
            fates[mutant] = Fate(SAME)
        elif (mutant.exercise, code) in left:
            twins.append(mutant)
        else:
            left[mutant.exercise, code] = mutant
    return list(left.values()), twins
