# SPDX-License-Identifier: MIT
"""From boots to verdicts: runs the tests of a stage and says what each did.

A lab's tests share a boot while they pass; many of them take turns in two, side by
side. After anything else what is left of a boot is split in two again. The split
depends on the results alone, never on how many processors there are, so that the
same submission sees the same boots, nonces and seeds everywhere.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from h4 import com1
from h4.batches import first_boots, halves, test_list
from h4.emulator import BootRequest, BootResult, boot
from h4.endings import (
    FAIL,
    FORGED,
    HANG,
    PASS,
    Outcome,
    ending,
    forged_words,
    read_notes,
    schedule_of,
    tampered_words,
)
from h4.errors import GraderError
from h4.grub import grub_cache
from h4.hang_place import tell_hang
from h4.manifest import Lab, Test
from h4.nonce import boot_secrets
from h4.outside import Finding, Outside
from h4.outside_harness import Orders
from h4.outside_judges import judges_of
from h4.outside_ways import Ways
from h4.program_places import by_name
from h4.protocol import TestRun, Transcript, parse
from h4.stage import Stage
from h4.symbols import BEGUN, ENDED, TRYING, Image, Place
from h4.work_folder import own_folder


@dataclass(frozen=True)
class Machine:
    """What the stage runs on."""

    emulator: str = "bochs"
    megabytes: int = 32
    jobs: int = 2
    seed: int | None = None
    keep: Path | None = None  # where the serial logs are to be kept
    jitter: int | None = None  # seeds the timer's interrupts; None: they are regular
    direct: bool = False  # booted without GRUB: for the course's proofs
    look: bool = True  # from outside; not at tests of the course's that change the harness


class Run:
    """One run of some tests of one stage."""

    def __init__(
        self,
        stage: Stage,
        secret: str,
        machine: Machine,
        report: Callable[[Outcome], None] | None = None,
    ) -> None:
        self.stage = stage
        self.image: Image = stage.image
        self.secret = secret
        self.machine = machine
        self.report = report
        self.numbers = {name: at for at, name in enumerate(self.image.tests)}
        self.outcomes: dict[str, Outcome] = {}
        self._suspected: set[str] = set()  # tests that were in a boot that is void

    def tests(self, tests: list[Test], pool: Executor) -> dict[str, Outcome]:
        """Runs `tests` in this order and returns what became of each."""
        waiting = first_boots(tests)
        running: set[Future[list[list[Test]]]] = set()
        while waiting or running:
            running |= {pool.submit(self._batch, batch) for batch in waiting}
            waiting = []
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                waiting += future.result()
        return self.outcomes

    def _batch(self, tests: list[Test]) -> list[list[Test]]:
        """One boot. Returns what is still to be run, a list a boot."""
        result, script, outside, seed = self._boot(tests)
        other = self._other_plan(tests, script)
        if script.forged is not None:
            return self._forged(tests, max(len(script.tests) - 1, 0), script.forged)
        if other is not None:
            return self._forged(tests, *other)
        finding = None
        if self.machine.look:
            finding = outside.contradiction(script) or outside.finding
        if finding and finding.tampered:
            return self._tampered(tests, finding, result)
        line = com1.Line(result.com1)
        for at, test in enumerate(tests):
            run = script.tests[at] if at < len(script.tests) else None
            if finding and finding.test == at:
                failed = Outcome(test, FAIL, finding.words, on_host=True)
                self._settle(test, failed, result.com1, seed)
                return halves(tests[at + 1 :])
            if run and run.ok:
                passed = self._passed(test, run, result, at, line)
                self._settle(test, passed, result.com1, seed)
                continue
            if run is None and at > 0:
                # The machine died between two tests: this one has not been tried.
                return [tests[at:]]
            failed = self._failed(test, run, result, script, at)
            self._settle(test, failed, result.com1, seed)
            rest = tests[at + 1 :]
            if run is None and at == 0:
                # It did not come as far as its first test: nor will the others.
                for other in rest:
                    self._settle(other, self._failed(other, None, result, script, 0))
                return []
            return halves(rest)
        return []

    def _other_plan(
        self, tests: list[Test], script: Transcript
    ) -> tuple[int, str] | None:
        """Why these are not the tests that were asked for, and after which test
        that became so; or None."""
        if script.plan not in (None, len(tests)):
            return 0, f"a plan of {script.plan} tests, and {len(tests)} were asked for"
        for at, (test, run) in enumerate(zip(tests, script.tests)):
            if run.index != self.numbers[test.name]:
                names = dict(enumerate(self.image.tests))
                other = names.get(run.index, f"number {run.index}")
                words = f"test {other} in place of {test.name}"
                return max(at - 1, 0), words
        return None

    def _boot(
        self, tests: list[Test]
    ) -> tuple[BootResult, Transcript, Outside, int]:
        secrets = boot_secrets(
            self.secret, self.image.path, self.stage.lab.number, tests[0].name
        )
        seed = secrets.seed if self.machine.seed is None else self.machine.seed
        jitter = "" if self.machine.jitter is None else f",jitter={self.machine.jitter}"
        numbers = [self.numbers[test.name] for test in tests]
        tries = {one.id for one in self.stage.lab.exercises if one.about}
        own = [at for at, test in enumerate(tests) if test.exercise in tries]
        orders = Orders(secrets.nonce, seed, test_list(numbers), numbers, frozenset(own))
        judges = judges_of(tests, dict(self.stage.tested))
        suspected = not self._suspected.isdisjoint(test.name for test in tests)
        ways = Ways(self.image, secrets.ways, suspected, numbers, self.stage.tested)
        outside = Outside(self.image, orders, judges, ways)
        result = boot(
            BootRequest(
                kernel=self.image.path,
                args=f"nonce={orders.nonce},seed={seed},"
                f"tests={orders.tests}{jitter}",
                megabytes=self.machine.megabytes,
                workdir=own_folder(),
                begin=self.image.address(BEGUN),
                end=self.image.address(ENDED),
                trying=self.image.address(TRYING),
                limits=[test.limit for test in tests],
                watch=outside if self.machine.look else None,
                modules=self.stage.tested,
                cache=grub_cache(self.image.path),
                direct=self.machine.direct,
            ),
            emulator=self.machine.emulator,
        )
        if self.machine.keep:
            self.machine.keep.mkdir(parents=True, exist_ok=True)
            name = f"lab{self.stage.lab.number}-{tests[0].name}"
            (self.machine.keep / f"{name}.com1").write_bytes(result.com1)
            (self.machine.keep / f"{name}.com2").write_bytes(result.com2)
        return result, parse(result.com2, secrets.nonce), outside, seed

    def _settle(
        self, test: Test, outcome: Outcome, carried: bytes = b"", seed: int | None = None
    ) -> None:
        outcome.carried, outcome.seed = carried, seed
        outcome.message = by_name(outcome.message, self.stage.tested)
        self.outcomes[test.name] = outcome
        if self.report:
            self.report(outcome)

    def _passed(
        self, test: Test, run: TestRun, result: BootResult, at: int, line: com1.Line
    ) -> Outcome:
        """Nothing is left to object to, or only what the guest cannot see."""
        spent = result.instructions[at] if at < len(result.instructions) else None
        expected = com1.expected_of(run.notes)
        words = None if expected is None else line.find(expected)
        if words is None:
            schedule = schedule_of(run.notes)
            return Outcome(test, PASS, instructions=spent, schedule=schedule)
        return Outcome(test, FAIL, words, instructions=spent, on_host=True)

    def _forged(self, tests: list[Test], at: int, words: str) -> list[list[Test]]:
        """A line on COM2 that the harness did not send."""
        return self._void(tests, at, forged_words(words))

    def _tampered(
        self, tests: list[Test], finding: Finding, result: BootResult
    ) -> list[list[Test]]:
        """Something is not as the harness has it. Before the first test began it is
        the same in each boot."""
        words = tampered_words(finding.words)
        if finding.test is not None:
            places = self._backtrace(result) if finding.in_the_act else []
            return self._void(tests, finding.test, words, places)
        for test in tests:
            self._settle(test, Outcome(test, FORGED, words))
        return []

    def _backtrace(self, result: BootResult) -> Sequence[Place]:
        """Where the machine stands."""
        first, *returns = result.frames or [0]
        return self.image.places([first, *(address - 1 for address in returns)])

    def _void(
        self,
        tests: list[Test],
        at: int,
        words: list[str],
        places: Sequence[Place] = (),
    ) -> list[list[Test]]:
        """The boot is void. The test that ran when it became so is to blame; the others
        run again, without it. Their code may do the same: it is looked at wherever it
        can be."""
        self._suspected.update(test.name for test in tests)
        self._settle(tests[at], Outcome(tests[at], FORGED, words, list(places)))
        return [part for part in (tests[:at], tests[at + 1 :]) if part]

    def _failed(
        self,
        test: Test,
        run: TestRun | None,
        result: BootResult,
        script: Transcript,
        at: int,
    ) -> Outcome:
        sent = [com1.expected_of(one.notes) or b"" for one in script.tests]
        outcome = Outcome(test, FAIL, printed=com1.last_lines(result.com1, sent))
        notes = run.notes if run else []
        read_notes(outcome, notes, self.image, self.machine.megabytes)
        if run and run.ok is False:
            return outcome
        status, words = ending(result, script, run is not None, test.kind)
        outcome.status = status
        outcome.message = words + outcome.message
        if status == HANG and result.frames:
            tell_hang(outcome, self.image, result, self.stage.course.exercise_files)
        return outcome


def run_tests(
    stage: Stage,
    lab: Lab,
    tests: list[Test],
    secret: str,
    machine: Machine,
    report: Callable[[Outcome], None] | None = None,
    pool: Executor | None = None,
) -> dict[str, Outcome]:
    """Runs those of `tests` that can run; says of the others why they cannot.

    pool  where the boots are to run; a pool of `machine.jobs` unless told
    """
    obstacles = {test.name: stage.obstacle(test) for test in tests}
    outcomes = {name: found for name, found in obstacles.items() if found}
    ready = [test for test in tests if test.name not in outcomes]
    if not ready:
        return outcomes
    known, named = set(stage.image.tests), {test.name for test in lab.tests}
    if known != named or len(stage.image.tests) != len(lab.tests):
        raise GraderError(
            f"lab {lab.number}: the manifest and the stage do not have the same "
            f"tests: {', '.join(sorted(known ^ named))}"
        )
    run = Run(stage, secret, machine, report)
    own = contextlib.nullcontext(pool) if pool else ThreadPoolExecutor(machine.jobs)
    with own as executor:
        outcomes |= run.tests(ready, executor)
    return {test.name: outcomes[test.name] for test in tests}
