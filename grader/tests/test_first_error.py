# SPDX-License-Identifier: MIT
"""Where a file cannot be built, "Next" leads to its first error."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from h4.compiling import COMPILERS
from h4.course import Course
from h4.endings import PASS, Outcome
from h4.first_error import first_error
from h4.report import Report
from h4.result_html import draw
from h4.score import score_lab
from h4.stage import Recipe, StageBuilder

FILE = "kernel/flexpage.c"
GCC_HEADER = """\
kernel/flexpage.c:3:1: warning: something else
    3 | int;
In file included from kernel/include/kernel/page.h:4,
                 from kernel/flexpage.c:7:
kernel/include/kernel/word.h:9:2: error: unknown type name 'word'
    9 | word w;
kernel/flexpage.c:30:5: error: what comes of it
"""
GCC_MACRO = """\
kernel/flexpage.c: In function 'f':
kernel/include/kernel/word.h:9:14: error: implicit declaration of function 'g'
    9 | #define WORD(a) g(a)
      |                 ^
kernel/flexpage.c:12:9: note: in expansion of macro 'WORD'
kernel/flexpage.c:12:16: error: 'y' undeclared
"""
CLANG_MACRO = """\
kernel/flexpage.c:3:1: warning: something else [-Wextra]
kernel/flexpage.c:12:9: error: use of undeclared identifier 'y'
kernel/include/kernel/word.h:9:14: note: expanded from macro 'WORD'
"""
GNU_AS = """\
kernel/flexpage.c: Assembler messages:
kernel/flexpage.c:25: Error: no such instruction: `bad %eax'
"""
GNU_LD = "kernel/flexpage.c:41: undefined reference to `g'\nkernel/flexpage.c:50: more"
LLD = """\
ld.lld: error: undefined symbol: g
>>> referenced by flexpage.c:41 (./kernel/flexpage.c:41)
>>>               flexpage.o:(f)
"""


@pytest.mark.parametrize(
    ("messages", "line"),
    [
        (GCC_HEADER, 7),
        (GCC_MACRO, 12),
        (CLANG_MACRO, 12),
        (GNU_AS, 25),
        (GNU_LD, 41),
        (LLD, 41),
        ("kernel/flexpage.c:5:1: fatal error: kernel/x.h: No such file", 5),
        ("h/kernel/flexpage.c:5:1: error: of another file", 0),
        ("has a byte 0 in it: a source file is text", 0),
        ("", 0),
    ],
)
def test_the_first_error_is_found(messages: str, line: int) -> None:
    assert first_error(messages, FILE) == line


# What is put in front of the line that begins the body of fpage_last.
MISTAKES = {
    "a word that C does not have": "        retrun 0;\n",
    "what is not declared": "        undeclared_name = 1;\n",
    "what is nowhere": "        extern void nowhere(void);\n        nowhere();\n",
    "an instruction": '        __asm__ volatile("no_such_instruction");\n',
}


# Of an instruction clang hands nothing but its own assembly to the assembler.
@pytest.mark.parametrize(
    ("mistake", "compiler"),
    [(m, c) for m in MISTAKES for c in COMPILERS if (m, c) != ("an instruction", "clang")],
)
def test_next_leads_to_it(
    course: Course, builder: StageBuilder, mistake: str, compiler: str
) -> None:
    """In the terminal and on the page; not to the exercise's first function."""
    lab = course.lab(1)
    text = course.solved(FILE)
    begin = re.search(r"^fpage_last\(.*\n\{\n", text, re.M)
    assert begin
    wrong = text[: begin.end()] + MISTAKES[mistake] + text[begin.end() :]
    line = wrong[: begin.end()].count("\n") + MISTAKES[mistake].count("\n")
    stage = builder.stage(lab, Recipe(texts={FILE: wrong}, jobs=1, compiler=compiler))
    outcomes = {t.name: stage.obstacle(t) or Outcome(t, PASS) for t in lab.tests}
    result = score_lab(lab, outcomes, [], False)
    result.stage = stage
    out = io.StringIO()
    report = Report(Console(file=out, width=200), "")
    report.next_step(course, [result], {FILE: wrong.encode()})
    assert out.getvalue().startswith("Next: exercise 1.1, ")
    assert f", which cannot be built\n  {FILE}:{line}\n" in out.getvalue()
    assert f"<code>{FILE}:{line}</code>" in draw(course, [result])
