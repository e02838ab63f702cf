# SPDX-License-Identifier: MIT
"""Mistakes made by rule: which edits there are of a text, operator by operator."""

from __future__ import annotations

import pytest

from h4 import auto_assembly
from h4.auto_edits import find_edits

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
