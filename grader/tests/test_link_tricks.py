# SPDX-License-Identifier: MIT
"""What an exercise file may try with names, for the linker: to be the harness, another
exercise or the linker script. The file is refused by name, or it has no effect."""

from __future__ import annotations

from pathlib import Path

import pytest
from exercise_tree import FILE, compiled, put_back, tree  # noqa: F401

from h4.build import Builder, Built
from h4.compiling import BuildFailure
from h4.course import Course
from h4.endings import NOT_BUILT, PASS
from h4.stage import Recipe, StageBuilder
from h4.symbols import Image
from h4.verdict import Machine, run_tests


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


OF_THE_COURSE = {
    "global": "extern const int gate_entries[129];\nconst int gate_entries[129] = { 1 };\n",
    "local": "static int gate_entries[129];\nint *mine(void);\n"
    "int *mine(void) { return gate_entries; }\n",
    "label": '__asm__(".globl system_tick\\nsystem_tick: iret");\n',
    "set": '__asm__(".globl gate_entries\\n.set gate_entries, 0xC0100000");\n',
}


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("name", OF_THE_COURSE)
def test_names_by_which_the_grader_looks_are_not_for_exercises(
    course: Course, tree: Path, parts: dict[str, Path], name: str, compiler: str
) -> None:
    """Where a stage is without what has them, too."""
    with pytest.raises(BuildFailure) as found:
        linked(course, tree, parts, OF_THE_COURSE[name], compiler)
    assert "this name is the course's own" in found.value.messages


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("what", [".fill 64,1,0xff", ".fill 64,1,0", ".long 4", ".long 0x1000"])
def test_debug_information_that_is_none(
    course: Course, tree: Path, parts: dict[str, Path], what: str, compiler: str
) -> None:
    """The grader reads that of the whole kernel, where one such part spoils all."""
    text = f'__asm__(".pushsection .debug_aranges\\n{what}\\n.popsection");\n'
    with pytest.raises(BuildFailure) as found:
        linked(course, tree, parts, text, compiler)
    assert "debug information" in found.value.messages


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
    said = later.failures["1.1"]
    assert "status_boot" in said and f"{FILE}:" in said and str(builder.build) not in said


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
