# SPDX-License-Identifier: MIT
"""What an exercise file may try while it is compiled: to read what is not the course's,
to be somebody else, to differ from one build to the next, or to use up the machine. Each
is refused with words that say why, or does nothing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from h4 import compiling
from h4.build import DEBUG, FLAGS, WARNINGS, Builder, Built
from h4.compiling import BuildFailure, compile_object, run_tool
from h4.course import Course
from h4.endings import NOT_BUILT, PASS
from h4.exercise_text import mistake_in
from h4.manifest import Lab
from h4.stage import Recipe, StageBuilder
from h4.symbols import Image
from h4.untrusted import compile_untrusted
from h4.verdict import Machine, run_tests

FILE, ASSEMBLY = "kernel/flexpage.c", "h/entry.S"
ALL_FLAGS = [*FLAGS, *DEBUG, *WARNINGS]
SECRET = "nobody is told these words"


@pytest.fixture(scope="module")
def tree(
    builder: StageBuilder, course: Course, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The tree of a stage with an assembly exercise, laid out, and beside it a file that
    is none of anybody's business."""
    folder = tmp_path_factory.mktemp("stage")
    maker = Builder(builder.build / "objects", jobs=1)
    builder.lay_out(course.lab(4), Recipe(), maker, folder)
    (folder / "secret.txt").write_text(SECRET + "\n")
    (folder.parent / "outside.h").write_text(f'#warning "{SECRET}"\n')
    return folder


@pytest.fixture(params=["gcc", "clang"])
def compiler(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def put_back(tree: Path, course: Course) -> Iterator[None]:
    yield
    for path in (FILE, ASSEMBLY):
        (tree / path).write_text(course.text(path))


def compiled(tree: Path, text: str | bytes, compiler: str, path: str = FILE) -> str:
    """Compiles the course's file with this behind it; returns the warnings."""
    more = text.encode() if isinstance(text, str) else text
    with (tree / path).open("ab") as file:
        file.write(b"\n" + more)
    return compile_untrusted(compiler, path, tree / "out.o", ALL_FLAGS, tree)


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


@pytest.mark.parametrize("name", set(ASSEMBLER) - {"joined"})
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


# What the linker makes of it.


@pytest.fixture(scope="module")
def parts(builder: StageBuilder, course: Course) -> dict[str, Path]:
    """The objects of an honest stage."""
    return builder.objects(course.lab(1), Recipe(jobs=1))


def linked(
    course: Course, tree: Path, parts: dict[str, Path], text: str, compiler: str
) -> Image:
    """The stage in which the exercise file has this behind it."""
    compiled(tree, text, compiler)
    objects = [tree / "out.o" if path == FILE else o for path, o in parts.items()]
    built = Built(tree / "kernel.elf", tree)
    Builder(tree, compiler, 1).link(objects, built)
    return Image(built.elf)


WITHOUT_EFFECT = {
    "weak": "void report_pass(void);\n__attribute__((weak)) void report_pass(void) { }\n",
    "weak-by-pragma": "void report_pass(void);\n#pragma weak report_pass\n"
    "void report_pass(void) { }\n",
    "tentative": '__asm__(".comm report_pass, 4");\n',
    "local": "static void report_pass(void) { }\nvoid use(void);\n"
    "void use(void) { report_pass(); }\n",
    "local-label": '__asm__("report_pass: harness_begun: harness_ended: ret");\n',
    "borders": '__asm__(".globl kernel_read_only_end, h4_tests_begin, h4_tests_end\\n'
    'kernel_read_only_end: h4_tests_begin: h4_tests_end: .long 0");\n',
    "version": 'void mine(void) { }\n__asm__(".symver mine, report_pass@OLD");\n',
    "alias": 'void mine(void) { }\nvoid ours(void) __attribute__((alias("mine")));\n',
    "options": '#pragma GCC push_options\n#pragma GCC optimize ("O0")\n'
    "#pragma GCC poison memcpy report_pass\nint mine(void) { return 1; }\n"
    "#pragma GCC pop_options\n#pragma GCC optimize (\"O3\")\n#pragma once\n",
    "extname": "#pragma redefine_extname mine report_pass_\nvoid mine(void) { }\n",
    "counter": "int mine(void) { return __COUNTER__ + __LINE__; }\n",
}  # fmt: skip


@pytest.mark.parametrize("name", WITHOUT_EFFECT)
def test_it_has_no_effect(
    course: Course, tree: Path, parts: dict[str, Path], name: str
) -> None:
    honest = linked(course, tree, parts, "", "gcc")
    image = linked(course, tree, parts, WITHOUT_EFFECT[name], "gcc")
    for function in ("report_pass", "harness_begun", "harness_ended"):
        (place,) = image.places([image.address(function)])
        assert place.file == "grader/guest/report.c", place
    assert image.tests == honest.tests and len(image.tests) > 50
    begin, end = image.constants
    first, behind = (image.address(f"h4_tests_{name}") for name in ("begin", "end"))
    assert behind - first == 8 * len(image.tests)
    assert begin < first < behind <= end and (end + 1) % 0x1000 == 0


REFUSED = {
    "the-harness": ("void report_pass(void) { }\n", "report_pass"),
    "a-stop": ('__asm__(".globl harness_ended\\nharness_ended: ret");\n', "harness_ended"),
    "set": (
        'void mine(void) { }\n__asm__(".globl report_pass\\n.set report_pass, mine");\n',
        "report_pass",
    ),
    "another-exercise": (
        "struct a; unsigned fpage_split(struct a *a) { return !a; }\n", "fpage_split",
    ),
    "the-runtime": ("#define memcpy other\nint memcpy;\n#undef memcpy\n"
                    '__asm__(".globl memcpy\\nmemcpy: ret");\n', "memcpy"),
    "too-large": ("char much[1u << 26];\n", "does not fit"),
    "aligned": ("__attribute__((aligned(1 << 28))) char odd = 1;\n", ""),
    "nobodys": ("void nobody(void); void mine(void) { nobody(); }\n", "nobody"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_by_the_linker(
    course: Course, tree: Path, parts: dict[str, Path], name: str
) -> None:
    text, words = REFUSED[name]
    with pytest.raises(BuildFailure) as found:
        linked(course, tree, parts, text, "gcc")
    assert words in found.value.messages and found.value.messages


def test_a_function_of_a_later_lab_is_that_labs(
    builder: StageBuilder, course: Course
) -> None:
    """In its own stage it means nothing; later its file is not built, and no other
    exercise is the worse for it."""
    text = course.solved(FILE) + "\nvoid status_boot(void);\nvoid status_boot(void) { }\n"
    recipe = Recipe(texts={FILE: text}, jobs=1)
    assert builder.stage(course.lab(1), recipe).failures == {}
    later = builder.stage(course.lab(2), recipe)
    assert list(later.failures) == ["1.1"] and later.path is not None
    assert "status_boot" in later.failures["1.1"]


def test_marks_of_missing_exercises_are_only_marks(
    builder: StageBuilder, course: Course
) -> None:
    """Whoever hides that an exercise is missing has it tested; whoever marks another one
    has marked it for himself."""
    lab = course.lab(1)
    starter = course.starter(FILE)
    hidden = starter.replace("H4_TODO(", "(void)sizeof(").replace(
        "#include <kernel/todo.h>", "#pragma GCC diagnostic ignored \"-Wreturn-type\""
    )
    stage = builder.stage(lab, Recipe(texts={FILE: hidden}, jobs=1))
    assert stage.failures == {} and stage.missing == set()
    (test,) = [t for t in lab.tests if t.name == "fpage_make_takes_every_size"]
    done = run_tests(stage, lab, [test], course.secret, Machine(jobs=1, direct=True))
    assert done[test.name].status not in (PASS, NOT_BUILT)
    other = course.solved(FILE) + (
        '__attribute__((section(".h4.todo"), used)) static const char todo[] = "1.3";\n'
    )
    stage = builder.stage(lab, Recipe(texts={FILE: other}, jobs=1))
    assert stage.missing == {"1.3"}
