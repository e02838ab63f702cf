# SPDX-License-Identifier: MIT
"""What a student is told of a file that cannot be built, beside the compiler's words."""

from __future__ import annotations

import re

import pytest

from h4.build_advice import build_advice
from h4.compiling import COMPILERS, linker_words
from h4.exercise_text import mistake_in
from h4.stage import Recipe, StageBuilder

FILE = "kernel/backtrace.c"
BEGIN = re.compile(r"^backtrace\(.*\n\{\n", re.M)
# Above the file, at the beginning of its function: what is said of it.
MISTAKES = {
    "a header of the host": ("#include <stdio.h>\n", "", "<stdio.h> belongs to a C library"),
    "another one": ("#include <sys/types.h>\n", "", "<sys/types.h> belongs to a C library"),
    "a wrong folder": ("#include <image.h>\n", "", "there is <kernel/image.h>"),
    "a wrong name": ("#include <kernel/images.h>\n", "", "there is <kernel/image.h>"),
    "no such header": ("#include <kernel/quite_else.h>\n", "", "there is no header"),
    "a function of the host": (
        "int printf(const char *text, ...);\n", 'printf("x");\n', "printk() of"
    ),
    "another function": ("void *malloc(size_t);\n", "malloc(1);\n", "malloc() belongs to"),
    "floating point": ("", "static volatile int x; x = (int)(x * 1.5);\n", "no float"),
    "a merge": ("", "<<<<<<< HEAD\n=======\n>>>>>>> course\n", "a merge has left"),
    "quotes of a document": ("", "static char x[] = \u201chi\u201d;\n", "type them again"),
}  # fmt: skip


def said(builder: StageBuilder, text: str, compiler: str = "gcc") -> list[str]:
    """Of lab 0 with this text for the file."""
    lab = builder.course.lab(0)
    stage = builder.stage(lab, Recipe(texts={FILE: text}, jobs=1, compiler=compiler))
    return stage.failures["0.3"].splitlines()


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_it_is_said_first(builder: StageBuilder, mistake: str, compiler: str) -> None:
    above, inside, words = MISTAKES[mistake]
    text = builder.course.solved(FILE)
    begin = BEGIN.search(text)
    assert begin
    wrong = text.replace("#include <kernel/todo.h>\n", f"#include <kernel/todo.h>\n{above}")
    wrong = wrong.replace(begin[0], begin[0] + inside)
    lines = said(builder, wrong, compiler)
    count = next(at for at, line in enumerate(lines) if words in line) + 1
    # Behind the advice the compiler's own.
    assert count <= 3 and any(f"{FILE}:" in line for line in lines[count:])


OTHER_NAME = ("\nbacktrace(", "\nbacktrac(")
STATIC = ("\nsize_t\nbacktrace(", "\nstatic size_t\nbacktrace(")


@pytest.mark.parametrize(("right", "wrong"), [OTHER_NAME, STATIC], ids=["name", "static"])
def test_a_function_that_is_not_there_is_named(
    builder: StageBuilder, right: str, wrong: str
) -> None:
    text = builder.course.solved(FILE)
    assert right in text
    # Without its header, which says that the function is for all.
    text = text.replace("<kernel/backtrace.h>", "<kernel/types.h>").replace(right, wrong)
    lines = said(builder, text)
    assert lines[0].startswith(f"backtrace() is not in {FILE}, or is static there")
    assert len(lines) == len(set(lines))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "is empty. `git checkout kernel/backtrace.c` brings back"),
        (b" \r\n\t\n", "is empty."),
        ("int x;\n".encode("utf-16"), "is stored as UTF-16"),
        (b"\xfe\xff" + "int x;\n".encode("utf-16-be"), "is stored as UTF-16"),
        ("int x;\n".encode("utf-16-le"), "has a byte 0 in it"),
        (b"int x;\rint y;\n", "which editors call LF or Unix"),
        (b"\xef\xbb\xbfint x;\r\n", ""),
    ],
)
def test_what_an_editor_has_made_of_it(text: bytes, words: str) -> None:
    found = mistake_in(FILE, text)
    assert found.startswith(words) or (words and words in found)
    assert bool(found) == bool(words)


@pytest.mark.parametrize(
    "words",
    [
        "kernel/x.c:5: undefined reference to `own_name'",
        "kernel/x.c:5:1: error: expected ';' before 'outb'",
        "kernel/x.c:5: undefined reference to `__udivdi3'",
        "",
    ],
)
def test_of_all_else_nothing_is_said(words: str) -> None:
    assert build_advice(words, {"kernel/x.h"}) == []


def test_a_linker_says_each_thing_once() -> None:
    """Without its own path, and that of an object."""
    said = (
        "/usr/bin/ld: /a b/objects/ac/1.o: in function `f':\n"
        "./kernel/x.c:5: undefined reference to `own'\n"
        "/usr/bin/ld: ./kernel/x.c:5: undefined reference to `own'\n"
        "/usr/bin/ld: /a b/objects/ac/1.o:./kernel/y.c:7: more undefined references to `own'\n"
        "collect2: error: ld returned 1 exit status"
    )
    assert linker_words(said).splitlines() == [
        "kernel/x.c:5: undefined reference to `own'",
        "kernel/y.c:7: more undefined references to `own'",
    ]
    assert linker_words("ld: cannot find it") == "ld: cannot find it"
