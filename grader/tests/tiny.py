# SPDX-License-Identifier: MIT
"""A made-up course of one lab, small enough to be changed at will by tests."""

from __future__ import annotations

import shutil
from pathlib import Path

GRADER = Path(__file__).resolve().parents[1]

LOW = """\
// SPDX-License-Identifier: MIT
// Arithmetic for beginners.
#include <kernel/low.h>
#include <kernel/todo.h>

// H4-BEGIN 1.1
// The helper that only the solution knows.
static unsigned __attribute__((noinline))
low_secret_helper(unsigned value)
{
        return value * 17u + 3u;
}
// H4-STUB 1.1
// H4-END 1.1

unsigned
low_double(unsigned value)
{
        // H4-BEGIN 1.1
        unsigned helped = low_secret_helper(value);
        return helped + value + value - helped;
        // H4-STUB 1.1
        //| H4_TODO("1.1", value);
        // H4-END 1.1
}

void
low_store(struct pair *pair, unsigned value)
{
        // H4-BEGIN 1.1
        pair->first = low_double(value);
        pair->second = value;
        // H4-STUB 1.1
        //| H4_TODO("1.1", pair,
        //|         value);
        // H4-END 1.1
}
"""

HIGH = """\
// SPDX-License-Identifier: MIT
// Pairs.
#include <kernel/low.h>
#include <kernel/todo.h>

struct pair
high_pair(unsigned first, unsigned second)
{
        // H4-BEGIN 1.2
        struct pair result = { .first = first, .second = second };
        return result;
        // H4-STUB 1.2
        //| H4_TODO("1.2", first, second);
        // H4-END 1.2
}

struct pair *
high_larger(struct pair *a, struct pair *b)
{
        // H4-BEGIN 1.2
        return a->first + a->second > b->first + b->second ? a : b;
        // H4-STUB 1.2
        //| H4_TODO("1.2", a, b);
        // H4-END 1.2
}
"""

THIRD = """\
// SPDX-License-Identifier: MIT
// One more than a number, in assembly.
#include <kernel/todo.h>

        .text
        .globl third_next
third_next:
        // H4-BEGIN 1.3
        movl 4(%esp), %eax
        leal 1(%eax), %eax
        ret
        // H4-STUB 1.3
        //| H4_TODO "1.3"
        // H4-END 1.3
"""

GIVEN = """\
// SPDX-License-Identifier: MIT
// Given code.
#include <kernel/low.h>

unsigned
given_sum(struct pair pair)
{
        return pair.first + pair.second;
}
"""

LOW_H = """\
// SPDX-License-Identifier: MIT
#ifndef KERNEL_LOW_H
#define KERNEL_LOW_H

struct pair {
        unsigned first, second;
};

unsigned low_double(unsigned value);
void low_store(struct pair *pair, unsigned value);
struct pair high_pair(unsigned first, unsigned second);
struct pair *high_larger(struct pair *a, struct pair *b);
unsigned third_next(unsigned value);
unsigned given_sum(struct pair pair);

#endif
"""

LAB = """\
[lab]
number = 1
name = "tiny"
title = "A tiny lab"
version = 1
handout = "handouts/1-tiny.md"
files = ["kernel/low.c", "kernel/high.c", "kernel/third.S", "kernel/given.c"]

[[exercise]]
id = "1.1"
title = "Doubling"
file = "kernel/low.c"
functions = ["low_double", "low_store"]
points = 50
lines = 6
handout = "#11-doubling"
hints = ["Twice is once and once more.", "No loop is\\nneeded.", "One line."]

[[exercise]]
id = "1.2"
title = "Pairs"
file = "kernel/high.c"
functions = ["high_pair", "high_larger"]
points = 30
lines = 3
after = ["1.1"]
refuses = "none: every pair is a good pair"
invariants = "none: nothing is kept"
handout = "#12-pairs"
hints = ["A.", "B.", "C."]
do_nothing = ["7"]

[[exercise]]
id = "1.3"
title = "Next"
file = "kernel/third.S"
functions = ["third_next"]
points = 20
lines = 3
refuses = "none: every number has a next one"
invariants = "none: nothing is kept"
handout = "#13-next"
hints = ["A.", "B.", "C."]

[[test]]
name = "low_doubles"
exercise = "1.1"
kind = "works"
points = 30

[[test]]
name = "low_refuses"
exercise = "1.1"
kind = "refuses"
points = 10
limit = 5000

[[test]]
name = "low_keeps"
exercise = "1.1"
kind = "invariants"
points = 10

[[test]]
name = "high_pairs"
exercise = "1.2"
kind = "works"
points = 30

[[test]]
name = "third_adds"
exercise = "1.3"
kind = "works"
points = 20
"""

MUTANTS = """\
[[mutant]]
name = "first-lost"
title = "the first member is not set"
file = "kernel/high.c"
exercise = "1.2"
find = ".first = first, "
replace = ""
killed_by = "high_pairs"
"""

FILES = {
    "LICENSE": "MIT\n",
    "LICENSE-handouts": "CC BY 4.0\n",
    "kernel/include/kernel/low.h": LOW_H,
    "kernel/kernel.ld": "SECTIONS { .text : { *(.text .text.*) } }\n",
    "kernel/low.c": LOW,
    "kernel/high.c": HIGH,
    "kernel/third.S": THIRD,
    "kernel/given.c": GIVEN,
    "kernel/tests/test_low.c": "// gives low_secret_helper(value) away\n",
    "labs/course.toml": '[course]\nname = "Tiny"\nrelease = 1\n'
    'secret = "nobody knows this"\n',
    "labs/1-tiny/lab.toml": LAB,
    "labs/1-tiny/mutants.toml": MUTANTS,
    "labs/1-tiny/stage.c": "// The tiny stage.\nint tiny_stage;\n",
    "labs/1-tiny/test_low.c": "// The tiny tests.\nint tiny_tests;\n",
    "handouts/1-tiny.md": "# A tiny lab\n\n## 1.1 Doubling\n\nWhy twice?\n"
    "\n## 1.2 Pairs\n\n## 1.3 Next\n",
    "handouts/figures/tiny.svg": "<svg/>\n",
    "grader/guest/harness.c": "#include <h4/harness.h>\nint harness_secret = 1;\n"
    "void harness_begin(void)\n{\n}\n",
    "grader/guest/private.h": "// Only the harness reads this.\n",
    "grader/guest/include/h4/harness.h": "void harness_begin(void);\n",
}


def write(root: Path) -> Path:
    """Writes the course below `root`, with the real grader in it."""
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    header = GRADER.parent / "kernel/include/kernel/todo.h"
    shutil.copyfile(header, root / "kernel/include/kernel/todo.h")
    for part in ("h4", "schemas", "student"):
        shutil.copytree(
            GRADER / part,
            root / "grader" / part,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    for name in ("grade", "common.mk", "deps"):
        shutil.copy(GRADER / name, root / "grader" / name)
    return root


def change(file: Path, old: str, new: str) -> None:
    """Replaces a text that stands in the file exactly once."""
    text = file.read_text()
    assert text.count(old) == 1, (file, old, text.count(old))
    file.write_text(text.replace(old, new))
