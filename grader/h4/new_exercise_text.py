# SPDX-License-Identifier: MIT
"""The texts of an exercise's skeleton. What is to be written says FILL IN, in each
file where something is: `make lint-labs` looks for these words."""

from __future__ import annotations

from dataclasses import dataclass

from h4.lint_handouts import anchor

# By the folder of the system: where headers lie, how they are included, and what a
# file of that folder includes besides.
_HEADERS = {
    "kernel": ("kernel/include/kernel", "<kernel/{}>", "<kernel/types.h>", "<kernel/todo.h>"),
    "h": ("h/internal", "<h/internal/{}>", "<kernel/types.h>", "<kernel/todo.h>"),
    "l4": ("l4", '"{}"', "<h/types.h>", '"todo.h"'),
}


@dataclass(frozen=True)
class Skeleton:
    """Of one exercise: its function has its name, and is alone in its file."""

    id: str
    name: str
    title: str
    folder: str  # kernel, h or l4
    lab: str  # the lab's folder

    @property
    def file(self) -> str:
        return f"{self.folder}/{self.name}.c"

    @property
    def header(self) -> str:
        return f"{_HEADERS[self.folder][0]}/{self.name}.h"

    @property
    def tests(self) -> str:
        return f"{self.lab}/test_{self.name}.c"

    @property
    def test(self) -> str:
        return f"{self.name}_works"

    @property
    def anchor(self) -> str:
        return f"#{anchor(f'{self.id} {self.title}')}"

    def _include(self) -> str:
        return _HEADERS[self.folder][1].format(f"{self.name}.h")

    def source(self) -> str:
        todo = _HEADERS[self.folder][3]
        return f"""\
// SPDX-License-Identifier: MIT
// FILL IN: what this file is about, in a line or two
#include {self._include()}
#include {todo}

uint32_t
{self.name}(uint32_t value)
{{
        // H4-BEGIN {self.id}
        return value; // FILL IN: the solution
        // H4-STUB {self.id}
        //| H4_TODO("{self.id}", value);
        // H4-END {self.id}
}}
"""

    def header_text(self) -> str:
        guard = f"{self.folder}_{self.name}_H".upper()
        return f"""\
// SPDX-License-Identifier: MIT
// FILL IN: what this header is about, and its source
#ifndef {guard}
#define {guard}

#include {_HEADERS[self.folder][2]}

// FILL IN: the contract: what it does, units, errors
uint32_t {self.name}(uint32_t value);

#endif
"""

    def test_text(self) -> str:
        include = f"<{self.folder}/{self.name}.h>" if self.folder != "h" else self._include()
        lines = [f"#include {include}", "#include <h4/test.h>"]
        if self.folder != "h":
            lines.sort(key=lambda line: line.removeprefix("#include <"))
        includes = "\n".join(sorted(lines))
        return f"""\
// SPDX-License-Identifier: MIT
// Tests of exercise {self.id}, {self.title[:1].lower()}{self.title[1:]}.
{includes}

TEST({self.test})
{{
        // FILL IN: call it, and say what is expected
}}
"""

    def exercise_entry(self) -> str:
        return f"""\
[[exercise]]
id = "{self.id}"
title = "{self.title}"
file = "{self.file}"
functions = ["{self.name}"]
points = 0
lines = 1
refuses = "none: FILL IN: why there is no such test, or a test"
invariants = "none: FILL IN: why there is no such test, or a test"
handout = "{self.anchor}"
hints = [
  "FILL IN: a question that leads the right way",
  "FILL IN: what has to be thought of",
  "FILL IN: how the solution is built, without its code",
]
"""

    def test_entry(self) -> str:
        return f"""\

[[test]]
name = "{self.test}"
exercise = "{self.id}"
kind = "works"
points = 0
"""

    def mutant_entry(self) -> str:
        return f"""\

[[mutant]]
name = "{self.name.replace('_', '-')}-wrong"
title = "FILL IN: the mistake, in words"
file = "{self.file}"
exercise = "{self.id}"
find = '''return value;'''
replace = '''return value + 1;'''
killed_by = "{self.test}"
"""

    def section(self) -> str:
        return f"""\
## {self.id} {self.title}

File: `{self.file}`. Header: `{self.name}.h`. 0 points. Reference solution: about 1 lines.

**What to write.** FILL IN: what it does, and what the header leaves to be said.

**What the tests look for.** FILL IN: the cases, without their values.

```
make grade LAB={self.id.partition('.')[0]} TEST={self.id}
```

**Pitfalls.**
- FILL IN: what people get wrong

**Questions.** FILL IN: one or two, to think about

---

"""
