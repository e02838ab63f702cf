# SPDX-License-Identifier: MIT
"""Mistakes made by rule: which edits there are, and what becomes of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT
from pytest import MonkeyPatch

from h4 import auto_assembly
from h4.auto_command import check_entries, sample
from h4.auto_edits import find_edits
from h4.auto_mutants import AutoMutant, Equivalent, arguments, mutants_of_text
from h4.auto_run import (
    BROKEN,
    KILLED,
    SAME,
    SURVIVED,
    TWIN,
    Bench,
    Fate,
    bench,
    judge_all,
)
from h4.course import Course
from h4.stage import StageBuilder

HEAD = """\
#include <stdbool.h>
enum colour { RED, GREEN, BLUE };
struct cell { int number; struct cell *next; };
int weigh(int, int), paint(struct cell *, unsigned), look(const struct cell *);
void flush_tlb(void), ring(void);
extern int count;
#define LIMIT 4096
#define LARGE(x) ((x) > 7 && (x) != 9)
"""
ARGUMENTS = ["-std=c11", "-ffreestanding"]


def edits(body: str, head: str = "int f(int a, int b, unsigned u, struct cell *c)") -> set[str]:
    """operator: what was there -> what is there, for each edit of a function's body."""
    text = f"{HEAD}{head}\n{{\n{body}\n}}\n"
    region = (text.index("{\n" + body) + 1, len(text) - 2)
    found = find_edits(text, "small.c", [region], ARGUMENTS)
    for edit in found:
        assert edit.function == "f"
        assert edit.apply(text).count("\n") == text.count("\n"), edit
    return {
        f"{e.operator}: {text[e.begin : e.end]} -> {e.new}".replace("\n", "\\n").strip()
        for e in found
    }


# Of each operator: a body, and every edit there is of it.
OPERATORS = {
    "a check that ends a function": (
        "if (c) return a;\nreturn b;",
        {"drop-check: if (c) return a; -> {}", "negate: c -> !(c)"},
    ),
    "a check of several lines": (
        "if (c) {\nring();\n}\nreturn b;",
        {
            r"drop-check: if (c) {\nring();\n} -> {}\n\n",
            "negate: c -> !(c)",
            "drop-call: ring(); -> {}",
        },
    ),
    "what has an else is not dropped": (
        "if (c) return a; else if (u) return b;\nreturn 5;",
        {
            "negate: c -> !(c)", "negate: u -> !(u)",
            "off-by-one: 5 -> 4", "off-by-one: 5 -> 6",
        },
    ),
    "operands of && and ||": (
        "return c && (a || u);",
        {
            "drop-operand: c && (a || u) -> c",
            "drop-operand: c && (a || u) -> (a || u)",
            "drop-operand: a || u -> a",
            "drop-operand: a || u -> u",
        },
    ),
    "equality": ("return a == b;", {"flip-comparison: == -> !="}),
    "order": (
        "return a < b;",
        {
            "flip-comparison: < -> <=", "swap-operands: < -> >",
            "off-by-one: b -> b - 1",
        },
    ),
    "order, with a bound that a macro names": (
        "return a >= LIMIT;",
        {
            "flip-comparison: >= -> >", "swap-operands: >= -> <=",
            "off-by-one: LIMIT -> LIMIT - 1",
        },
    ),
    "what a macro stands for is left alone": ("return LARGE(a);", set()),
    "numbers": (
        "return weigh(7, 0);",
        {
            "off-by-one: 7 -> 6", "off-by-one: 7 -> 8", "constant: 0 -> 1",
            "swap-arguments: 7, 0 -> 0, 7",
        },
    ),
    "masks": (
        "return u & ~0xFFu;",
        {
            "drop-mask: u & ~0xFFu -> u", "drop-mask: ~ ->",
            "constant: 0xFFu -> 0xFEu", "constant: 0xFFu -> 0x100u",
        },
    ),
    "bits put together": (
        "return a | b;", {"drop-mask: a | b -> a", "drop-mask: a | b -> b"},
    ),
    "members of an enumeration": (
        "return GREEN;", {"constant: GREEN -> RED", "constant: GREEN -> BLUE"},
    ),
    "truth": ("return true;", {"constant: true -> false"}),
    "calls": (
        "ring();\nflush_tlb();\n(void)look(c);\nreturn look(c);",
        {"drop-call: ring(); -> {}", "drop-invalidation: flush_tlb(); -> {}",
         "drop-call: (void)look(c); -> {}"},
    ),
    "statements of the assembler": (
        '__asm__ volatile("invlpg (%0)" : : "r"(c));\n__asm__ volatile("nop");\nreturn a;',
        {
            'drop-invalidation: __asm__ volatile("invlpg (%0)" : : "r"(c)); -> {}',
            'drop-call: __asm__ volatile("nop"); -> {}',
        },
    ),
    "arguments of the same type only": (
        "return paint(c, u) + weigh(a, b);", {"swap-arguments: a, b -> b, a"},
    ),
    "operands whose order matters": (
        "return a - b + a * b;", {"swap-operands: a - b -> b - a"},
    ),
    "assignments": (
        "c->number = a;\ncount += b;\ncount++;\nint d = a;\nreturn d;",
        {
            "drop-assignment: c->number = a; -> {}",
            "drop-assignment: count += b; -> {}",
            "drop-assignment: count++; -> {}",
        },
    ),
    "loops": (
        "for (int i = a; c; i++) { if (u) break; if (b) continue; ring(); }\nreturn a;",
        {
            "negate: c -> !(c)", "negate: u -> !(u)", "negate: b -> !(b)",
            "drop-check: if (u) break; -> {}", "drop-check: if (b) continue; -> {}",
            "break-continue: break -> continue", "break-continue: break; -> {}",
            "break-continue: continue -> break", "break-continue: continue; -> {}",
            "drop-call: ring(); -> {}",
        },
    ),
    "a switch in a loop": (
        "while (c) {\nswitch (a) {\ncase 5: ring(); break;\n}\n}\nreturn a;",
        {
            "negate: c -> !(c)", "drop-call: ring(); -> {}",
            "off-by-one: 5 -> 4", "off-by-one: 5 -> 6",
            "break-continue: break -> continue",
        },
    ),
    "do and the conditional operator": (
        "do ring(); while (c);\nreturn u ? a : b;",
        {"drop-call: ring(); -> {}", "negate: c -> !(c)", "negate: u -> !(u)"},
    ),
    "lengths of arrays": (
        "int d[5 + LIMIT] = { a }, e[7];\ne[u] = 9;\nreturn d[b];",
        {"off-by-one: 9 -> 8", "off-by-one: 9 -> 10", "drop-assignment: e[u] = 9; -> {}"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPERATORS)
def test_edits(name: str) -> None:
    body, expected = OPERATORS[name]
    assert edits(body) == expected


def test_edits_stay_in_their_region() -> None:
    text = HEAD + "int f(int a)\n{\nif (a) return 5;\nreturn 6;\n}\n"
    at = text.index("return 6")
    found = find_edits(text, "small.c", [(at, at + 9)], ARGUMENTS)
    assert [(e.begin, e.new) for e in found] == [(at + 7, "5"), (at + 7, "7")]


ASSEMBLY = """\
f:
        // H4-BEGIN 4.2
        mov %eax, %ebx          // words, and, commas
1:      .byte 0
.Llocal:
        ret
        // H4-STUB 4.2
        //| H4_TODO 4.2
        // H4-END 4.2
        nop
"""


def test_edits_of_assembler_text() -> None:
    region = (ASSEMBLY.index("        mov"), ASSEMBLY.index("        // H4-STUB"))
    found = auto_assembly.find_edits(ASSEMBLY, [region])
    said = [(e.operator, e.function, ASSEMBLY[e.begin : e.end], e.new) for e in found]
    assert ("drop-instruction", "f", "mov %eax, %ebx", "") in said
    assert ("swap-registers", "f", "%eax, %ebx", "%ebx, %eax") in said
    assert ("drop-instruction", "f", "ret", "") in said
    assert not any("nop" in old or "H4" in old or "words" in old for *_, old, _ in said)


SMALL = """\
int f(int a, int b);
int f(int a, int b)
{
        // H4-BEGIN 1.1
        if (a)
                return 5;
        b += a;
        if (a)
                return 5;
        return b;
        // H4-STUB 1.1
        //| H4_TODO("1.1", a);
        // H4-END 1.1
}
"""


def small(text: str = SMALL) -> list[AutoMutant]:
    return mutants_of_text(text, "small.c", ARGUMENTS)


def test_names_outlive_other_changes() -> None:
    moved = SMALL.replace("        b += a;\n", "        b += a;\n        b += 9;\n")
    before = {re.sub(r":\d+:", ":", m.name) for m in small()}
    after = {re.sub(r":\d+:", ":", m.name) for m in small("// More.\n" + moved)}
    assert before < after
    assert len(before) == len(small())  # each of the two checks has a name of its own


def test_a_sample_follows_from_its_seed() -> None:
    every = small()
    one = sample(every, 4, 17)
    assert one == sample(small(), 4, 17)
    assert len(one) == 4
    assert [m for m in every if m in one] == one
    assert any(sample(every, 4, seed) != one for seed in range(5))
    assert sample(every, None, 17) == sample(every, 1000, 17) == every


def entry(mutant: AutoMutant, **other: object) -> Equivalent:
    edit = mutant.edit
    words = {
        "exercise": mutant.exercise, "file": mutant.file, "function": edit.function,
        "find": mutant.find, "becomes": mutant.becomes, "nth": mutant.nth,
        "reason": "nobody can see it",
    }  # fmt: skip
    return Equivalent(**(words | other))  # type: ignore[arg-type]


def test_entries_are_held_against_what_is() -> None:
    every = small()
    fates = {mutant: Fate(SURVIVED) for mutant in every}
    for mutant, status in zip(every[1:], (KILLED, SAME, TWIN, BROKEN)):
        fates[mutant] = Fate(status, "some_test" if status == KILLED else "")
    entries = [entry(mutant) for mutant in every[:5]]
    entries += [entry(every[0]), entry(every[0], becomes="b = 1;"), entry(every[0], nth=9)]
    found = check_entries(entries, every, fates)
    assert list(found.explained) == [every[0]]
    assert found.survivors == every[5:]
    parts = (
        "some_test sees it", "same code of it", "explain that one", "does not compile",
        "twice", "no such mutant", "number 9",
    )  # fmt: skip
    assert len(found.problems) == 7
    for part in parts:
        assert any(part in problem for problem in found.problems), part
    assert not found.good


def test_when_all_is_good() -> None:
    every = small()
    fates = {mutant: Fate(KILLED, "some_test") for mutant in every}
    assert check_entries([], every, fates).good
    fates[every[0]] = Fate(SURVIVED)
    assert not check_entries([], every, fates).good
    assert check_entries([entry(every[0])], every, fates).good
    assert not check_entries([entry(every[1])], every, fates).good


FILE, EXERCISE = "kernel/serial.c", "0.1"
PLANTED = """\
        volatile int unseen = 5;

        switch (unseen) {
        case 7:
        case 8:
                break;
        }
        if (20 > 30)
                return;
"""


def planted() -> list[AutoMutant]:
    """Mutants of the first function of lab 0, in which more is written than is due."""
    text = (ROOT / FILE).read_text()
    marker = f"        // H4-BEGIN {EXERCISE}\n"
    assert marker in text
    text = text.replace(marker, marker + PLANTED, 1)
    return mutants_of_text(text, FILE, arguments(ROOT, FILE))


def only(mutants: list[AutoMutant], find: str, becomes: str) -> AutoMutant:
    found = [m for m in mutants if (m.find, m.becomes) == (find, becomes)]
    assert len(found) == 1, (find, [(m.find, m.becomes) for m in mutants])
    return found[0]


def test_one_exercise(course: Course, tmp_path: Path, monkeypatch: MonkeyPatch) -> None:
    """Of lab 0, on the machine: what becomes of each kind, and that it is known
    afterwards."""
    every = planted()
    unseen, check = "volatile int unseen = 5;", "if (20 > 30)"
    high = "outb(COM1 + UART_DIVISOR_HIGH, 0);"
    expected = {
        only(every, unseen, "volatile int unseen = 6;"): SURVIVED,
        only(every, "case 7:", "case 8:"): BROKEN,
        only(every, check + " return;", "{}"): SAME,
        only(every, check, "if (20 < 30)"): TWIN,  # of the one that comes first
        only(every, high, "{}"): KILLED,
        only(every, high, high.replace("0", "1")): KILLED,
        only(every, check, "if (!(20 > 30))"): KILLED,
    }
    mutants = [mutant for mutant in every if mutant in expected]
    # Objects are shared with all other tests, results are not.
    (ROOT / "build/objects").mkdir(parents=True, exist_ok=True)
    (tmp_path / "objects").symlink_to(ROOT / "build/objects")
    builder = StageBuilder(course, tmp_path)
    said: list[str] = []
    with bench(builder, course.lab(0)) as place:
        fates = judge_all(place, mutants, said.append)
    came = {mutant.name: fate.status for mutant, fate in fates.items()}
    assert came == {mutant.name: status for mutant, status in expected.items()}
    tests = {t.name for t in course.lab(0).tests_of(course.exercise(EXERCISE))}
    for fate in fates.values():
        assert (fate.by in tests) == (fate.status == KILLED)
    assert said.count("compiled") == len(mutants)

    def no_boot(*_: object) -> Fate:
        raise AssertionError("booted once more")

    monkeypatch.setattr(Bench, "_boot", no_boot)
    with bench(builder, course.lab(0)) as place:
        assert judge_all(place, mutants, said.append) == fates
