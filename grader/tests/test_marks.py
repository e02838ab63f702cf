# SPDX-License-Identifier: MIT
"""Marks: the three texts, and that nothing else than a right mark passes."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import tiny

from h4.bodies import do_nothing
from h4.errors import GraderError
from h4.manifest import Mutant, load_course
from h4.marks import first_line, mutate, parse, secret, solved, starter

GOOD = """\
given
        // H4-BEGIN 1.5
        solution();
        // H4-STUB 1.5
        //| H4_TODO("1.5", a,
        //|         b);
        //|
        //| unreachable();
        // H4-END 1.5
given too
"""


def test_the_three_texts() -> None:
    assert solved(GOOD, "a.c") == "given\n        solution();\ngiven too\n"
    assert starter(GOOD, "a.c") == (
        'given\n        H4_TODO("1.5", a,\n                b);\n\n'
        "        unreachable();\ngiven too\n"
    )
    region = parse(GOOD, "a.c").regions[0]
    assert (region.exercise, region.begin, region.stub, region.end) == ("1.5", 2, 4, 9)
    assert secret(GOOD, "a.c") == [[(3, "        solution();")]]


def test_a_file_without_marks_stays() -> None:
    for text in ("", "a", "a\n", "a\n\n", "a\r\nb", "a\x0cb\u2028c\n"):
        assert solved(text, "a.c") == starter(text, "a.c") == text


def test_the_texts_of_a_whole_file() -> None:
    text = starter(tiny.LOW, "kernel/low.c")
    assert "H4-" not in text and "//|" not in text and "low_secret" not in text
    # The helper's region leaves nothing, not even a second blank line.
    assert "todo.h>\n\nunsigned\nlow_double(unsigned value)" in text
    assert "low_secret_helper(unsigned value)" in solved(tiny.LOW, "kernel/low.c")
    assert "H4_TODO" not in solved(tiny.LOW, "kernel/low.c")


def test_only_the_stubs_of_some() -> None:
    both = tiny.LOW + tiny.HIGH
    text = starter(both, "kernel/both.c", ["1.2"])
    assert 'H4_TODO("1.2"' in text and 'H4_TODO("1.1"' not in text
    assert "low_secret_helper" in text and "H4-" not in text
    assert list(parse(both, "kernel/both.c").exercises) == ["1.1", "1.2"]


BAD = {
    "never ended": ("// H4-BEGIN 1.5\n", "a.c:1: unbalanced"),
    "stub not ended": ("// H4-BEGIN 1.5\n// H4-STUB 1.5\n", "a.c:2: unbalanced"),
    "never begun": ("x\n// H4-END 1.5\n", "a.c:2: unbalanced"),
    "stub alone": ("// H4-STUB 1.5\n", "a.c:1: unbalanced"),
    "no stub": ("// H4-BEGIN 1.5\n// H4-END 1.5\n", "a.c:2: unbalanced.*H4-STUB"),
    "two stubs": (
        "// H4-BEGIN 1.5\n// H4-STUB 1.5\n// H4-STUB 1.5\n", "a.c:3: unbalanced",
    ),
    "nested": ("// H4-BEGIN 1.5\n// H4-BEGIN 1.5\n", "a.c:2: nested.*line 1"),
    "nested in a stub": (
        "// H4-BEGIN 1.5\n// H4-STUB 1.5\n// H4-BEGIN 1.6\n", "a.c:3: nested",
    ),
    "another's stub": ("// H4-BEGIN 1.5\n// H4-STUB 1.6\n", "a.c:2: unbalanced"),
    "another's end": (
        "// H4-BEGIN 1.5\n// H4-STUB 1.5\n// H4-END 1.6\n", "a.c:3: unbalanced",
    ),
    "code in a stub": ("// H4-BEGIN 1.5\n// H4-STUB 1.5\nx();\n", "a.c:3: 'x.*//|"),
    "blank line in a stub": ("// H4-BEGIN 1.5\n// H4-STUB 1.5\n\n", "a.c:3: "),
    "prefix without blank": ("// H4-BEGIN 1.5\n// H4-STUB 1.5\n//|x();\n", "a.c:3: "),
    "stub line outside": ("//| x();\n", "a.c:1: misplaced"),
    "stub line in a solution": ("// H4-BEGIN 1.5\n//| x();\n", "a.c:2: misplaced"),
    "unknown": ("// H4-START 1.5\n", "a.c:1: unknown mark"),
    "no id": ("// H4-BEGIN\n", "a.c:1: unknown mark"),
    "half an id": ("// H4-BEGIN 1\n", "a.c:1: unknown mark"),
    "small letters": ("// h4-begin 1.5\n", "a.c:1: unknown mark"),
    "no blank": ("//H4-BEGIN 1.5\n", "a.c:1: unknown mark"),
    "words behind": ("// H4-BEGIN 1.5 here\n", "a.c:1: unknown mark"),
    "blank behind": ("// H4-BEGIN 1.5 \n", "a.c:1: unknown mark"),
    "code before": ("x(); // H4-BEGIN 1.5\n", "a.c:1: unknown mark"),
    "other comment": ("/* H4-BEGIN 1.5 */\n", "a.c:1: unknown mark"),
    "line end of another system": ("// H4-BEGIN 1.5\r\n", "a.c:1: unknown mark"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_mark_is_refused_with_its_line(name: str) -> None:
    text, words = BAD[name]
    with pytest.raises(GraderError, match=words):
        parse(text, "a.c")


def test_marks_are_where_the_manifest_says() -> None:
    good = parse(GOOD, "kernel/a.c", {"1.5": "kernel/a.c"})
    assert len(good.regions) == 1
    with pytest.raises(GraderError, match=r"kernel/a\.h:2: misplaced.*headers"):
        parse(GOOD, "kernel/a.h", {"1.5": "kernel/a.c"})
    with pytest.raises(GraderError, match=r"b\.c:2: misplaced.*is kernel/a\.c"):
        parse(GOOD, "kernel/b.c", {"1.5": "kernel/a.c"})
    with pytest.raises(GraderError, match=r"a\.c:2: unknown: no manifest.*1\.5"):
        parse(GOOD, "kernel/a.c", {"1.4": "kernel/a.c"})


def mutant(find: str, replace: str = "x", exercise: str = "1.1") -> Mutant:
    return Mutant("m", "t", "kernel/low.c", exercise, find, replace, "low_doubles")


def test_a_mutant_changes_the_one_place() -> None:
    plain = solved(tiny.LOW, "kernel/low.c")
    text = mutate(tiny.LOW, mutant("value * 17u", "value * 18u"))
    assert text == plain.replace("17u", "18u") != plain
    two_lines = mutant("(value);\n        pair->second = value", "(1)")
    assert "pair->first = low_double(1);" in mutate(tiny.LOW, two_lines)
    # It stands outside the regions too, but there it does not count.
    assert mutate(tiny.LOW + "// helped + value\n", mutant("helped + value"))


@pytest.mark.parametrize(
    ("find", "words"),
    [
        ("no such text", "is not in the regions of exercise 1.1"),
        ("low_double(unsigned", "is not in"),  # outside the marks
        ("H4_TODO", "is not in"),  # in the stub
        ("// H4-BEGIN", "is not in"),
        ("return ", "is 2 times in"),
    ],
)
def test_a_mutant_that_does_not_apply(find: str, words: str) -> None:
    with pytest.raises(GraderError, match=words):
        mutate(tiny.LOW, mutant(find))


def test_a_mutant_stays_in_its_exercise() -> None:
    with pytest.raises(GraderError, match="is not in the regions of exercise 1.2"):
        mutate(tiny.LOW, mutant("value * 17u", exercise="1.2"))


def test_do_nothing_in_assembly() -> None:
    marked = "f:\n        // H4-BEGIN 1.1\n        cli\n        // H4-STUB 1.1\n"
    marked += "        //| H4_TODO 1.1\n        // H4-END 1.1\n        .size f, . - f\n"
    text = do_nothing(marked, "kernel/low.S", "1.1", "7")
    assert text == "f:\n        mov $7, %eax\n        ret\n        .size f, . - f\n"
    assert "mov $0, %eax" in do_nothing(marked, "kernel/low.S", "1.1", "null")
    with pytest.raises(GraderError, match="no H4_TODO"):
        do_nothing(marked.replace("H4_TODO 1.1", "ret"), "kernel/low.S", "1.1", "7")


def test_do_nothing_returns_what_the_type_allows() -> None:
    text = do_nothing(tiny.LOW, "kernel/low.c", "1.1", "PAGING_NIL")
    assert "(void)(value); return (unsigned)(PAGING_NIL);" in text
    assert "(void)(pair); (void)(value); return;" in text
    text = do_nothing(tiny.HIGH, "kernel/high.c", "1.2", "null")
    assert "return (struct pair){ 0 };" in text
    assert "return (struct pair *)(0);" in text


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("value", ["0", "1", "-1", "null"])
def test_do_nothing_compiles_clean(tmp_path: Path, compiler: str, value: str) -> None:
    root = tiny.write(tmp_path)
    for name, exercise in (("low", "1.1"), ("high", "1.2")):
        file = root / f"kernel/{name}.c"
        text = do_nothing(file.read_text(), f"kernel/{name}.c", exercise, value)
        file.write_text(text)
        done = subprocess.run(
            [compiler, "-m32", "-std=c11", "-ffreestanding", "-Wall", "-Wextra",
             "-Wno-missing-braces", "-Wno-missing-field-initializers",
             "-I", root / "kernel/include", "-c", file, "-o", root / "x.o"],
            capture_output=True, text=True,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")


def test_the_first_line_of_an_exercise(tmp_path: Path) -> None:
    root = tiny.write(tmp_path)
    exercise = load_course(root).exercise("1.1")
    file = root / "kernel/low.c"
    assert first_line(file.read_text(), exercise) == 6  # the first mark
    file.write_text(starter(tiny.LOW, "kernel/low.c"))
    line = first_line(file.read_text(), exercise)
    assert 'H4_TODO("1.1"' in file.read_text().split("\n")[line - 1]
    file.write_text(solved(tiny.LOW, "kernel/low.c"))
    line = first_line(file.read_text(), exercise)
    assert file.read_text().split("\n")[line - 1] == "low_double(unsigned value)"
    assert first_line("", exercise) == 1


def test_the_first_line_is_that_of_a_function_that_is_wrong(tmp_path: Path) -> None:
    exercise = load_course(tiny.write(tmp_path)).exercise("1.1")
    text = (
        "int one(int a);\n"
        "static int\none(int a)\n{\n        // H4-BEGIN 1.1\n        two(a);\n}\n"
        "unsigned *two (int a) {\n}\n"
        "three:\n        ret\n"
    )
    assert first_line(text, exercise, "one") == 3
    assert first_line(text, exercise, "two") == 8
    assert first_line(text, exercise, "three") == 10
    assert first_line(text, exercise, "four") == 5
