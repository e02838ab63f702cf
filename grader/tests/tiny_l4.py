# SPDX-License-Identifier: MIT
"""A second lab for the made-up course, whose stage runs L4: a client of H in l4/, with
the code of the kernel interface page, and programs one of which is the root."""

from __future__ import annotations

from pathlib import Path

import tiny
from conftest import ROOT

TOML = "labs/2-four/lab.toml"

FOUR = """\
// SPDX-License-Identifier: MIT
// Words of the kernel interface page.
#include "four.h"

#include "kip.h"
#include "todo.h"

uint32_t
four_word(uint32_t at)
{
        // H4-BEGIN 2.1
        static uint32_t times[4];
        times[at]++;
        return kip_code[at % kip_code_words] + times[at] + h_one();
        // H4-STUB 2.1
        //| H4_TODO("2.1", at);
        // H4-END 2.1
}
"""

LAB = """\
[lab]
number = 2
name = "four"
title = "Four"
version = 1
handout = "handouts/1-tiny.md"
programs = ["root", "other"]
libraries = ["libfour", "lib/add.c"]
files = [
  "h/one.c", "kernel/todo.c", "l4/four.c", "l4/twice.c", "user/kip/stubs.S",
  "user/root/main.c", "user/other/main.c", "user/lib/add.c", "user/lib/start.S",
  "user/libfour/start.S",
]

[[exercise]]
id = "2.1"
title = "Doubling"
file = "l4/four.c"
functions = ["four_word"]
points = 100
lines = 3
handout = "#11-doubling"
hints = ["A.", "B.", "C."]
refuses = "none: every word is a good word"
invariants = "none: nothing is kept"

[[test]]
name = "four_words"
exercise = "2.1"
kind = "works"
points = 100
"""

START = """\
        .globl start
start:
        call main
1:      jmp 1b
        .section .note.GNU-stack, "", @progbits
"""

FILES = {
    TOML: LAB,
    "labs/2-four/stage.c": "#include <l4/four.h>\nuint32_t stage(void);\n"
    "uint32_t stage(void)\n{\n        return four_word(1) + four_twice(2);\n}\n",
    "labs/2-four/test_four.c": "int four_tests;\n",
    "labs/2-four/client/stand_in.c": "#include <l4/four.h>\n\nuint32_t\n"
    "four_later(uint32_t value)\n{\n        return value + h_one();\n}\n",
    "h/h.h": "#include <stdint.h>\nuint32_t h_one(void);\n",
    "h/one.c": "#include <h/h.h>\n#include <kernel/low.h>\n\nuint32_t\nh_one(void)\n{\n"
    "        return 1;\n}\n",
    "kernel/todo.c": "#include <kernel/todo.h>\n\nvoid\nh4_todo(const char *exercise, "
    "...)\n{\n        for (;;)\n                (void)exercise;\n}\n",
    "l4/four.h": "#include <h/h.h>\nuint32_t four_word(uint32_t at);\n"
    "uint32_t four_twice(uint32_t at);\nuint32_t four_later(uint32_t value);\n",
    "l4/kip.h": "#include <stdint.h>\nextern const uint32_t kip_code[];\n"
    "extern const uint32_t kip_code_words;\n",
    "l4/four.c": FOUR,
    "l4/twice.c": '#include "four.h"\n\nuint32_t\nfour_twice(uint32_t at)\n{\n'
    "        return four_later(at) + at;\n}\n",
    "user/user.ld": (ROOT / "user/user.ld").read_text(),
    "user/kip/kip.ld": (ROOT / "user/kip/kip.ld").read_text(),
    "user/kip/stubs.S": (ROOT / "user/kip/stubs.S").read_text(),
    "user/lib/start.S": START.replace("call main", "call main_of_lib"),
    "user/lib/add.c": "int add(int, int);\nint add(int a, int b)\n"
    "{\n        return a + b;\n}\n",
    "user/libfour/start.S": START,
    "user/libfour/libfour.ld": "program_begin = 0x00400000;\nINCLUDE user/user.ld\n",
    "user/root/main.c": "int add(int, int);\nint main(void);\nint number = 7;\n"
    "int main(void)\n{\n        return add(number, 1);\n}\n",
    "user/other/main.c": "int main(void);\nint main(void)\n{\n        return 2;\n}\n",
    "user/other/other.ld": "program_begin = 0x00020000;\nINCLUDE user/user.ld\n",
}


def write(root: Path) -> Path:
    """Writes the course below `root`."""
    tiny.write(root)
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "l4/todo.h").write_text((ROOT / "l4/todo.h").read_text())
    return root
