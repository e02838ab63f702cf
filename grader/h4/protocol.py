# SPDX-License-Identifier: MIT
"""What the test harness sends on COM2, read with suspicion.

    4f02a1:1 KTAP version 1
    4f02a1:2 1..2
    4f02a1:3 # begin 7
    4f02a1:4 ok 1
    ...
    4f02a1:9 # end

Each line begins with the nonce of the boot and its own number. The harness sends
these lines, in this order, and nothing else; so a line that is anything else was
sent by somebody else, and voids the boot: `forged`. A stream that merely stops,
even within a line, is not forged: the machine may stop at any time.

The lines are KTAP (the Linux kernel's form of the Test Anything Protocol), but
not read by python3-tap: that library is meant to be lenient. It takes `okay` for
a pass and `1ab5` for a plan, does not know `KTAP version`, and reads `#` within a
result as a directive. Here leniency would be a way to points.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

LONGEST_LINE = 1024  # the harness's own lines have at most 300 bytes
MOST_NOTES = 200  # kept of each test, unless more are wanted

VERSION = b"KTAP version 1"
NUMBER = rb"(0|[1-9][0-9]{0,8})"
PLAN = re.compile(rb"1\.\." + NUMBER)
BEGIN = re.compile(rb"# begin " + NUMBER)
RESULT = re.compile(rb"(not )?ok " + NUMBER)
NOTE = re.compile(rb"# ([a-z][a-z0-9]{0,19})( .*)?", re.S)
END = b"# end"


def shown(data: bytes, most: int = 80) -> str:
    """Bytes that anybody may have sent, made harmless for terminal and page."""
    text = "".join(chr(c) if 32 <= c < 127 else f"\\x{c:02x}" for c in data[:most])
    return text + (f"... ({len(data):,} bytes)" if len(data) > most else "")


def is_note(text: bytes) -> bool:
    """Whether this is a diagnostic, and not `# begin` or `# end`."""
    found = NOTE.fullmatch(text)
    return found is not None and found[1] not in (b"begin", b"end")


@dataclass
class TestRun:
    """One test of this boot, as far as it came.

    index  its place among the stage's tests
    notes  the diagnostics without `# `, for example `frame 0xc0101234`
    result_at  how many bytes came before the line with the result
    """

    __test__ = False  # pytest: this is not a test

    index: int
    ok: bool | None = None  # None: it began, and no result came
    notes: list[str] = field(default_factory=list)
    result_at: int = 0


@dataclass
class Transcript:
    """All that one boot said.

    started    the first line came
    plan       how many tests it was going to run
    notes      diagnostics from outside of any test
    ended      all tests of the plan passed and the harness said so
    restarted  the harness began again: what came then is not in here
    forged     why nothing of this counts, or None
    """

    started: bool = False
    plan: int | None = None
    tests: list[TestRun] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ended: bool = False
    restarted: bool = False
    forged: str | None = None

    @property
    def running(self) -> TestRun | None:
        """The test that began and has no result."""
        last = self.tests[-1] if self.tests else None
        return last if last and last.ok is None else None


class _Forged(Exception):
    """This line is not from the harness; the text says why."""


class _Reader:
    def __init__(self, nonce: bytes, most_notes: int) -> None:
        self.nonce = nonce
        self.most_notes = most_notes
        self.script = Transcript()
        self.sequence = 0
        self.at = 0  # bytes before the line that is being read

    def head(self) -> bytes:
        """What the next line has to begin with."""
        return self.nonce + b":%d " % (self.sequence + 1)

    def line(self, line: bytes) -> None:
        """One whole line, without its end."""
        if len(line) > LONGEST_LINE:
            raise _Forged("is longer than any line of the harness")
        if not line.startswith(self.head()):
            raise _Forged(self._what_is_wrong(line))
        text = line[len(self.head()) :]
        self.sequence += 1
        self._text(text)

    def partial(self, rest: bytes) -> None:
        """The stream stopped within a line: right as far as it goes?"""
        head = self.head()
        if len(rest) > LONGEST_LINE:
            raise _Forged("is longer than any line of the harness")
        if not (rest.startswith(head) or head.startswith(rest)):
            raise _Forged(self._what_is_wrong(rest))

    def _what_is_wrong(self, line: bytes) -> str:
        found = re.match(rb"([0-9A-Za-z]{1,64}):([0-9]{1,20}) ", line)
        if not found:
            return "does not begin as a line of the harness does"
        if found[1] != self.nonce:
            return "has a wrong nonce"
        return f"has number {found[2].decode()}, the next one was {self.sequence + 1}"

    def _text(self, text: bytes) -> None:
        """What follows behind nonce and number."""
        script = self.script
        if not script.started:
            if text == VERSION:
                script.started = True
            elif is_note(text):
                self._note(text)
            else:
                raise _Forged("stands in place of the first line")
            return
        if script.plan is None:
            plan = PLAN.fullmatch(text)
            if not plan:
                raise _Forged("stands in place of the plan")
            script.plan = int(plan[1])
            return
        self._in_plan(text)

    def _in_plan(self, text: bytes) -> None:
        script = self.script
        if script.ended:
            raise _Forged("comes after the end")
        if script.tests and script.tests[-1].ok is False:
            raise _Forged("comes after a failed test, which ends the boot")

        if begin := BEGIN.fullmatch(text):
            if script.running:
                raise _Forged("begins a test while another one is running")
            if len(script.tests) == script.plan:
                raise _Forged("begins a test that is not in the plan")
            script.tests.append(TestRun(int(begin[1])))
        elif result := RESULT.fullmatch(text):
            self._result(not result[1], int(result[2]))
        elif text == END:
            if script.running or len(script.tests) != script.plan:
                raise _Forged("ends a plan that is not fulfilled")
            script.ended = True
        elif is_note(text):
            self._note(text)
        else:
            raise _Forged("is nothing that the harness says")

    def _result(self, ok: bool, number: int) -> None:
        running = self.script.running
        if not running:
            raise _Forged("is the result of a test that is not running")
        if number != len(self.script.tests):
            raise _Forged(
                f"is not the result of test {len(self.script.tests)} of this boot"
            )
        running.ok = ok
        running.result_at = self.at

    def _note(self, text: bytes) -> None:
        running = self.script.running
        notes = running.notes if running else self.script.notes
        if len(notes) < self.most_notes:
            notes.append(shown(text[2:], LONGEST_LINE))


def parse(com2: bytes, nonce: str, most_notes: int = MOST_NOTES) -> Transcript:
    """Reads all that came on COM2 during one boot. Of each test, and outside of
    tests, no more than `most_notes` diagnostics are kept.

    Reading stops at the first forged line and where the harness starts again.
    """
    reader = _Reader(nonce.encode("ascii"), most_notes)
    again = reader.nonce + b":1 " + VERSION
    *lines, rest = com2.split(b"\n")
    number = 0
    try:
        for number, line in enumerate(lines, 1):
            # The reset may have come within a line, of which the start remains.
            before, found, after = line.partition(again)
            if found and not after and reader.sequence:
                reader.partial(before)
                reader.script.restarted = True
                return reader.script
            reader.line(line)
            reader.at += len(line) + 1
        number, line = len(lines) + 1, rest
        reader.partial(rest)
    except _Forged as reason:
        reader.script.forged = f"line {number} {reason}: {shown(line)}"
    return reader.script
