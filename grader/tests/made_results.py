# SPDX-License-Identifier: MIT
"""Verdicts that no machine has given: for tests of the forms they are written in."""

from __future__ import annotations

from h4.course import Course
from h4.endings import BLOCKED, CRASH, FAIL, HANG, MISSING, NOT_BUILT, PASS, Outcome
from h4.score import LabResult, score_lab
from h4.symbols import Place

# All that a form could take for its own, and what no file may carry: ends of the
# parts of XML and HTML, what terminals obey, bytes that are no UTF-8 (as Python keeps
# them), characters that XML 1.0 forbids, what turns the direction of writing.
HOSTILE = (
    "</failure></script><script>document.title='owned'</script><img src=x onerror=alert(1)>",
    "]]> <![CDATA[ <!-- --> &lt; &#0; &amp; \" ' onmouseover=\"x\" {{ 7*7 }} {% raw %}",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J \x00\x01\x08\x0b\x0c\x1f\x7f\x85",
    "\udcff\udc80 \ufffe \uffff \ud800 \u202eright to left\u2066 \u2028 \u2029",
    "$(touch /tmp/h4-owned) `id` ; ../../etc/passwd %s %n \\ \r\n\ttab",
    "::set-output name=x::y ::error::z ##vso[task] ![x](http://example.org) {\"score\": 9}",
)
# All kinds of ends, in the order in which tests take turns.
ENDS = (PASS, FAIL, CRASH, HANG, MISSING, BLOCKED, NOT_BUILT, PASS)


def made(course: Course, number: int, *, hostile: bool = False) -> LabResult:
    """A verdict on a lab whose tests end in every way."""
    lab = course.lab(number)
    outcomes = {}
    for at, test in enumerate(lab.tests):
        status = ENDS[at % len(ENDS)]
        outcome = outcomes[test.name] = Outcome(test, status)
        if status == PASS:
            continue
        outcome.message = list(HOSTILE) if hostile else ["expected: 1", "found:    2"]
        if status in (CRASH, HANG):
            name = HOSTILE[0] if hostile else "serial_putc"
            file = HOSTILE[1] if hostile else "kernel/serial.c"
            outcome.backtrace = [Place(0xC0100000, name, file, 12)]
        text = "\n".join(HOSTILE) if hostile else "Hello.\n" * 3000
        outcome.carried = text.encode("utf-8", "replace") + b"\xff\xfe"
    return score_lab(lab, outcomes, [], False)


def perfect(course: Course, number: int) -> LabResult:
    """A verdict on a lab whose tests all pass."""
    lab = course.lab(number)
    outcomes = {test.name: Outcome(test, PASS) for test in lab.tests}
    return score_lab(lab, outcomes, [], False)
