# SPDX-License-Identifier: MIT
"""What an exercise file may try while it is compiled: to read what is not the course's,
to be somebody else, to differ from one build to the next, or to use up the machine. Each
is refused with words that say why, or does nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from exercise_tree import (  # noqa: F401
    ALL_FLAGS,
    ASSEMBLY,
    FILE,
    SECRET,
    compiled,
    put_back,
    tree,
)

from h4 import compiling
from h4.compiling import BuildFailure, compile_object
from h4.course import Course
from h4.exercise_text import mistake_in
from h4.untrusted import compile_untrusted


@pytest.fixture(params=["gcc", "clang"])
def compiler(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def refusal(tree: Path, text: str | bytes, compiler: str, path: str = FILE) -> str:
    with pytest.raises(BuildFailure) as found:
        compiled(tree, text, compiler, path)
    assert found.value.source == path
    assert SECRET not in found.value.messages
    return found.value.messages


DIRECTIVES = {
    "absolute": ('#include "/etc/passwd.h"\n', "no path leads out"),
    "not-a-header": ('#include "/etc/passwd"\n', "includes headers"),
    "upwards": ('#include "../outside.h"\n', "no path leads out"),
    "around": ("#include <kernel/../../outside.h>\n", "no path leads out"),
    "solution": ('#include "kernel/split.c"\n', "includes headers"),
    "device": ('#include "/dev/zero"\n', "includes headers"),
    "its-own-output": ('#include "/proc/self/fd/1"\n', "includes headers"),
    "by-a-macro": ('#define WHERE "secret.txt"\n#include WHERE\n', "includes headers"),
    "next": ("#include_next <kernel/page.h>\n", "#include_next"),
    "import": ("#import <kernel/page.h>\n", "#import"),
    "embed": ('#embed "secret.txt"\n', "#embed"),
    "digraph": ('%:include "/dev/zero"\n', "includes headers"),
    "trigraph": ('??=include "/dev/zero"\n', "includes headers"),
    "spliced": ('#inc\\\nlude "/dev/zero"\n', "includes headers"),
    "spliced-by-trigraph": ('#inc??/\nlude "/dev/zero"\n', "includes headers"),
    "comments": ('/* a\n*/ # /**/ include /**/ "/dev/zero"\n', "includes headers"),
    "open-quote": ("#if 0\n' /*\n#endif\n#include \"/dev/zero\" // */\n", "includes headers"),
    "line": ('#line 1 "secret.txt"\nint f(void) { return x; }\n', "#line 1"),
    "marker": ('# 1 "secret.txt"\nint f(void) { return x; }\n', "#1 "),
    "ident": ('#ident "me"\n', "#ident"),
    "dependency": ('#pragma GCC dependency "secret.txt"\n', "pragmas about files"),
    "precompiled": ('#pragma GCC pch_preprocess "x"\n', "pragmas about files"),
    "operator": ('_Pragma("GCC dependency \\"secret.txt\\"")\n', "_Pragma"),
    "looks": ('#if __has_include("/etc/passwd")\n#endif\n', "__has_include"),
    "byte-0": (b"#include\0<kernel/page.h>\n", "byte 0"),
    "return": (b'// \r#include "/dev/zero"\n', "carriage return"),
}  # fmt: skip


@pytest.mark.parametrize("name", DIRECTIVES)
@pytest.mark.parametrize("path", [FILE, ASSEMBLY])
def test_a_directive_that_reads_is_refused_before_anything_is_read(
    name: str, path: str
) -> None:
    text, words = DIRECTIVES[name]
    if path == ASSEMBLY and name == "ident":
        pytest.skip("in assembly # begins a comment too")
    source = text.encode() if isinstance(text, str) else text
    assert words in mistake_in(path, b"\xef\xbb\xbf" + source)


HARMLESS = """\
#include <kernel/page.h> // for PAGE_SIZE, see #include "/nowhere"
#  include "kernel/vaddr.h"
/* #include "/dev/zero"
#line 7 "other.c" */
static const char *const text = "\\
#include \\"/dev/zero\\" /* ";
#ifdef NEVER
#error "don't"
#elif 0
#endif
#
#pragma GCC diagnostic push
#pragma once
int grüße;
"""


def test_what_looks_like_one_and_is_none_is_not_refused() -> None:
    assert mistake_in(FILE, HARMLESS.encode()) == ""
    assert mistake_in(FILE, HARMLESS.replace("\n", "\r\n").encode()) == ""
    assert mistake_in(FILE, HARMLESS.encode("latin-1")) == ""
    assert mistake_in(ASSEMBLY, b"# a comment\n# 2 words\n# import this\n") != ""
    assert mistake_in(ASSEMBLY, b"# a comment\n# 2 words\n nop # line\n") == ""


def test_every_exercise_file_of_the_course_may_be_compiled(course: Course) -> None:
    for path in course.exercise_files:
        for text in (course.starter(path), course.solved(path)):
            assert mistake_in(path, text.encode()) == "", path


READS = {
    "the-harness": '#include "grader/guest/harness.h"\n',
    "the-tests": '#include "labs/4-contexts/ring3.h"\n',
    "not-quite-the-harness": '#include "./grader/guest/harness.h"\n',
}


@pytest.mark.parametrize("name", READS)
def test_headers_of_harness_and_tests_are_not_for_exercises(
    tree: Path, compiler: str, name: str
) -> None:
    assert "reads " in refusal(tree, READS[name], compiler)


ASSEMBLER = {
    "bytes": '.incbin "secret.txt"',
    "capitals": '.INCBIN "secret.txt"',
    "joined": '.inc" "bin "secret.txt"',
    "text": '.include "secret.txt"',
    "macro": '.macro m a b\n.\\a\\b "secret.txt"\n.endm\nm inc bin',
    "repeated": '.irp x,incbin\n.\\x "secret.txt"\n.endr',
    "repeated-too": '.irep x,incbin\n.\\x "secret.txt"\n.endr',
    "by-letters": '.irpc x,n\n.i\\x\\()cbin "secret.txt"\n.endr',
}


def in_c(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'__asm__("{quoted}");\n'.replace('\\" \\"', '" "')


@pytest.mark.parametrize("name", ASSEMBLER)
def test_assembly_in_c_reads_no_files(tree: Path, compiler: str, name: str) -> None:
    assert "directive" in refusal(tree, in_c(ASSEMBLER[name]), compiler)


@pytest.mark.parametrize("name", [n for n in ASSEMBLER if n != "joined"])
def test_an_assembly_file_reads_no_files(tree: Path, compiler: str, name: str) -> None:
    assert "directive" in refusal(tree, ASSEMBLER[name] + "\n", compiler, ASSEMBLY)


def test_what_the_text_does_not_show_is_seen_by_the_list_of_files(tree: Path) -> None:
    """Macros are for assembly files, and they hide many things."""
    hidden = (
        ".macro again text:vararg\n\\text\n.endm\n"
        'again again .inc\\()bin "secret.txt"\n'
    )
    direct = ".macro run text:vararg\n.irp x,in\n\\text\n.endr\n.endm\nrun .\\x" "cbin 1\n"
    assert "directive" in refusal(tree, direct, "gcc", ASSEMBLY)
    words = refusal(tree, hidden, "gcc", ASSEMBLY)
    assert "directive" in words or "reads secret.txt" in words


def test_an_assembly_file_may_have_macros(tree: Path, compiler: str) -> None:
    own = ".macro twice op reg\n\\op \\reg\n\\op \\reg\n.endm\ntwice push %eax\n"
    assert compiled(tree, own, compiler, ASSEMBLY) == ""
    strings = '.data\n.asciz "100 %.\\n a.\\tb \\\\ "\n.text\n'
    assert compiled(tree, strings, compiler, ASSEMBLY) == ""


SECTIONS = {
    "tests": ".section .h4.tests,\"a\"\n.long 1",
    "pushed": ".pushsection .h4.tests,\"a\"\n.long 1\n.popsection",
    "short": ".sect .h4.tests,\"a\"\n.long 1",
    "odd-blank": ".section\r.h4.tests,\"a\"\n.long 1",
    "escaped": '.section ".h4.t\\145sts","a"\n.long 1',
    "boot-loader": ".section .multiboot,\"a\"\n.long 0x1BADB002",
    "stack": ".section .stack,\"aw\",@nobits\n.skip 4",
    "group": '.section .text.report_pass,"axG",@progbits,report_pass,comdat\nret',
}  # fmt: skip


@pytest.mark.parametrize("name", SECTIONS)
@pytest.mark.parametrize("path", [FILE, ASSEMBLY])
def test_sections_of_the_courses_are_refused(tree: Path, name: str, path: str) -> None:
    text = SECTIONS[name]
    if path == FILE:
        more = in_c(text).replace("\r", "\\r")
    else:
        more = text + "\n"
        if name == "odd-blank":
            assert "carriage return" in refusal(tree, more, "gcc", path)
            return
    assert "puts something into the section" in refusal(tree, more, "gcc", path)


CONSTRUCTORS = {
    "attribute": "__attribute__((constructor)) static void early(void)"
    " { *(volatile int *)8 = 1; }\n",
    "array": '__attribute__((section(".init_array"), used)) static void *p = &p;\n',
    "thread": "_Thread_local int own = 3; int *mine(void);"
    " int *mine(void) { return &own; }\n",
}


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_nothing_runs_before_the_kernel(tree: Path, compiler: str, name: str) -> None:
    assert "section" in refusal(tree, CONSTRUCTORS[name], compiler)


def test_the_time_of_the_build_is_no_input(tree: Path, compiler: str) -> None:
    text = "const char *const when = __DATE__ __TIME__ __TIMESTAMP__ __FILE__;\n"
    found = []
    for seconds in (1_000_000_000, 1_700_000_000):
        with (tree / FILE).open("a") as file:
            file.write(text if not found else "")
        os.utime(tree / FILE, (seconds, seconds))
        compile_untrusted(compiler, FILE, tree / "out.o", ALL_FLAGS, tree)
        found.append((tree / "out.o").read_bytes())
    assert found[0] == found[1]
    assert b"Jan  1 197000:00:00" in found[0] and FILE.encode() in found[0]
    assert str(tree).encode() not in found[0]


def test_what_is_said_of_a_mistake_is_about_the_file(tree: Path) -> None:
    """gcc has something to say of the options that this takes, too."""
    (tree / FILE).write_text("int broken(void)\n{\n        return 1\n}\n")
    with pytest.raises(BuildFailure, match="expected ';'") as failure:
        compile_untrusted("gcc", FILE, tree / "out.o", ALL_FLAGS, tree)
    assert "<command-line>" not in failure.value.messages
    assert failure.value.messages.startswith(FILE)


def test_an_operator_that_is_pasted_together_is_none(tree: Path) -> None:
    text = '#define J(a, b) a##b\n#if J(__has_, include)("/etc/passwd")\n#endif\n'
    assert "missing binary operator" in refusal(tree, text, "gcc")
    text = '#define J(a, b) a##b\nJ(_Prag, ma)("GCC dependency \\"secret.txt\\"")\n'
    assert "expected" in refusal(tree, text, "gcc")


# Bombs. The limits are far above what a file of the course takes; here they are low.
BOMBS = {
    "doubling": (
        "#if __INCLUDE_LEVEL__ < 150\n#include <kernel/flexpage.h>\n#endif\n"
        + "#define A0(x) x x x x\n"
        + "".join(f"#define A{n + 1}(x) A{n}(A{n}(x))\n" for n in range(5))
        + "A5(;)\n",
        "more than",
    ),
    "array": ("char much[1u << 29] = { 1 };\n", "more than"),
    "repeat": ('__asm__(".rept 1000000000\\n.byte 1\\n.endr");\n', "more than"),
    "warnings": (
        "#define W int f(x);\n#define A0(x) x x x x x x x x\n"
        + "".join(f"#define A{n + 1}(x) A{n}(A{n}(x))\n" for n in range(4))
        + "A4(W)\n",
        "",
    ),
    "nested": ("int deep = " + "(" * 120_000 + "1" + ")" * 120_000 + ";\n", ""),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_stopped_and_said_to_be_one(
    tree: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiling, "COMPILE_SECONDS", 1)
    monkeypatch.setattr(compiling, "COMPILE_MEMORY", 512 << 20)
    monkeypatch.setattr(compiling, "COMPILE_OUTPUT", 2 << 20)
    text, words = BOMBS[name]
    found = refusal(tree, text, "gcc")
    assert words in found
    assert 0 < len(found) < compiling.MESSAGES + 100


def test_processor_time_that_is_used_up_is_no_trouble_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The compiler is told so, and not killed, which would be GraderError."""
    monkeypatch.setattr(compiling, "COMPILE_SECONDS", 1)
    (tmp_path / "a.c").write_text(
        "#if __INCLUDE_LEVEL__ < 190\n#include __FILE__\n#include __FILE__\n#endif\n"
    )
    with pytest.raises(BuildFailure, match="more than 1 seconds of processor time"):
        compile_object("gcc", "a.c", tmp_path / "a.o", [], tmp_path)
