# SPDX-License-Identifier: MIT
"""L4 is held to the same rules as every client of H, with a few names more, and as
each stage has it."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
import tiny
import tiny_l4
from conftest import ROOT

from h4.client_rules import Finding
from h4.client_stage import Client
from h4.confinement import check, check_client, l4_of
from h4.confinement import main as command
from h4.course import Course
from h4.errors import GraderError
from h4.laying import public_headers
from h4.marks import starter

HEADERS = public_headers(ROOT)
TWICE = "l4/twice.c"
STAND_IN = "labs/2-four/client/stand_in.c"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tiny_l4.write(tmp_path / "course")


def l4(root: Path, compiler: str = "gcc", number: int = 2) -> list[Finding]:
    course = Course(root)
    own = public_headers(root)
    return check(l4_of(course, course.lab(number)), own, compiler)[0]


def put(root: Path, path: str, text: str) -> None:
    """Adds lines at the end of a file."""
    with (root / path).open("a") as out:
        out.write(text)


BAD = "char *bad(uint32_t at)\n{\n        return (char *)at;\n}\n"


def rules(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.file, one.rule) for one in findings]


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_solution_and_starter_are_confined(root: Path, compiler: str) -> None:
    assert l4(root, compiler) == []
    course = Course(root)
    (root / "l4/four.c").write_text(starter(course.text("l4/four.c"), "l4/four.c"))
    assert "H4_TODO" in (root / "l4/four.c").read_text()
    assert l4(root, compiler) == []


FUNCTION = "uint32_t more(void);\nuint32_t\nmore(void)\n{\n        %s\n}\n"
USE_TODO = '#include "todo.h"\nvoid more(void);\nvoid\nmore(void)\n{\n        %s\n}\n'
SECTION = (
    "static const char todo_[] __attribute__((section(%s), used, aligned(1))) = "
    '"2.1"; h4_todo(todo_);'
)

# Lines for twice.c: which rule they break, and a neighbour that breaks none.
CASES = {
    "instruction": (
        FUNCTION % '__asm__("cli"); return 0;', "inline-assembly",
        FUNCTION % "return 0;",
    ),
    "number": (
        FUNCTION % "return *(uint32_t *)0xB8000u;", "integer-to-pointer",
        FUNCTION % "return kip_code[0];",
    ),
    "code as a number": (
        FUNCTION % "return *(uint32_t *)kip_code[0];", "integer-to-pointer",
        FUNCTION % "return (uint32_t)(uintptr_t)&kip_code[0];",
    ),
    "code called": (
        FUNCTION % "((void (*)(void))kip_code)(); return 0;", "function-cast",
        FUNCTION % "four_twice(kip_code[0]); return 0;",
    ),
    "code written to": (
        FUNCTION % "*(uint32_t *)&kip_code[0] = 1; return 0;", "const-cast",
        FUNCTION % "uint32_t code = kip_code[0]; return code;",
    ),
    "undefined": (
        FUNCTION % "uint32_t nobody(void); return nobody();", "undefined-symbol",
        FUNCTION % "return four_later(1);",
    ),
    "kernel": (
        FUNCTION % "void memory_init(void); memory_init(); return 0;",
        "undefined-symbol", FUNCTION % "return h_one();",
    ),
    "its own code": (
        "const uint32_t kip_code[] = { 1 };\n", "shadow",
        "extern const uint32_t kip_code[];\n",
    ),
    "its own end": (
        "_Noreturn void h4_todo(const char *exercise, ...)\n{\n        for (;;)\n"
        "                (void)exercise;\n}\n", "shadow",
        "_Noreturn void h4_todo(const char *exercise, ...);\n",
    ),
    "another end": (
        "void h4_todo(uint32_t exercise);\n" + FUNCTION % "h4_todo(1); return 0;",
        "declaration",
        USE_TODO % 'H4_TODO("2.1");',
    ),
    "section": (
        USE_TODO % SECTION % '".init"', "attribute",
        USE_TODO % SECTION % '".h4.todo"',
    ),
    "more attributes": (
        USE_TODO % SECTION.replace("used,", "used, weak,") % '".h4.todo"', "attribute",
        USE_TODO % 'H4_TODO("2.1", &more);',
    ),
    "another name": (
        USE_TODO % SECTION.replace("todo_", "todo") % '".h4.todo"', "attribute",
        USE_TODO % 'h4_todo("2.1");',
    ),
    "header": (
        "#include <kernel/low.h>\n", "header", "#include <l4/four.h>\n",
    ),
    "header by path": (
        '#include "../kernel/include/kernel/low.h"\n', "header",
        '#include "../l4/four.h"\n',
    ),
}  # fmt: skip


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("name", CASES)
def test_a_line_too_many(root: Path, name: str, compiler: str) -> None:
    bad, rule, good = CASES[name]
    put(root, TWICE, '#include "kip.h"\n')
    before = (root / TWICE).read_text()
    put(root, TWICE, good)
    assert l4(root, compiler) == []
    (root / TWICE).write_text(before + bad)
    assert (TWICE, rule) in rules(l4(root, compiler))


def test_what_only_l4_has(root: Path) -> None:
    """The code of the page is no other client's."""
    text = "#include <stdint.h>\nextern const uint32_t kip_code[];\n"
    text += FUNCTION % "return kip_code[0];"
    folder = root / "labs/1-tiny/client"
    folder.mkdir()
    (folder / "main.c").write_text(text)
    found = check_client(root, "labs/1-tiny/client", public_headers(root))
    assert rules(found) == [("labs/1-tiny/client/main.c", "undefined-symbol")]
    (folder / "main.c").write_text("#include <l4/four.h>\n")
    found = check_client(root, "labs/1-tiny/client", public_headers(root))
    assert rules(found) == [("labs/1-tiny/client/main.c", "header")]


def test_mistakes_in_a_header_are_found_in_it(root: Path) -> None:
    """It lies in two folders, and has one name."""
    put(root, "l4/four.h", "static inline char *\nbad(uint32_t at)\n{\n"
        "        return (char *)at;\n}\n")  # fmt: skip
    found = l4(root)
    assert set(rules(found)) == {("l4/four.h", "integer-to-pointer")}
    put(root, "l4/four.h", "int broken(;\n")
    assert ("l4/four.h", "compile") in rules(l4(root))
    assert "client-include" not in str(l4(root))


def test_the_lab_s_own_part_is_checked_too(root: Path) -> None:
    put(root, STAND_IN, BAD)
    assert (STAND_IN, "integer-to-pointer") in rules(l4(root))
    (root / STAND_IN).unlink()
    found = l4(root)
    assert rules(found) == [(TWICE, "undefined-symbol")]
    assert "four_later" in found[0].text


def five(root: Path) -> None:
    """A third lab that has what was given before it."""
    folder = root / "labs/3-five"
    folder.mkdir()
    (folder / "stage.c").write_text("int five;\n")
    (folder / "lab.toml").write_text(
        '[lab]\nnumber = 3\nname = "five"\ntitle = "Five"\nversion = 1\n'
        'files = ["l4/later.c"]\n'
    )
    (root / "l4/later.c").write_text(
        '#include "four.h"\n\nuint32_t\nfour_later(uint32_t value)\n{\n'
        "        return value * h_one();\n}\n"
    )


def run(root: Path, *folders: str) -> int:
    return command(root, argparse.Namespace(folders=list(folders), compiler="gcc"))


def test_each_stage_is_checked(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    five(root)
    assert (l4(root, number=2), l4(root, number=3)) == ([], [])
    assert run(root, "l4") == run(root) == 0
    out = capsys.readouterr().out
    words = ["l4, lab 2: confined (6 files, ", "l4, lab 3: confined (6 files, "]
    for line in words:
        assert out.count(line) == 2, out
    assert run(root, "labs/2-four/client") == 0
    assert capsys.readouterr().out.startswith("labs/2-four/client, lab 2: confined (6")
    put(root, "l4/later.c", BAD)
    assert l4(root, number=2) == [] and l4(root, number=3)
    assert run(root) == 1
    out = capsys.readouterr().out
    assert "lab 2: confined" in out and "lab 3: confined" not in out
    put(root, TWICE, BAD)
    assert run(root) == 1
    line = "l4/twice.c:10: integer-to-pointer"
    assert capsys.readouterr().out.count(line) == 1, "said once, not for each stage"


def test_a_file_of_no_lab_is_checked_with_all(root: Path) -> None:
    (root / "l4/forgotten.c").write_text(BAD.replace("uint32_t", "unsigned"))
    assert ("l4/forgotten.c", "integer-to-pointer") in rules(l4(root))


def test_before_there_is_a_lab_with_it(tmp_path: Path) -> None:
    root = tiny.write(tmp_path / "course")
    (root / "l4").mkdir()
    (root / "h").mkdir()
    (root / "h/h.h").write_text("#include <stdint.h>\n")
    text = "#include <h/h.h>\nextern const uint32_t kip_code[];\n"
    (root / "l4/a.c").write_text(text)
    assert run(root, "l4") == run(root) == 0
    (root / "l4/a.c").unlink()
    with pytest.raises(GraderError, match="without C sources"):
        check(Client(root, ("l4",), l4=True), public_headers(root))


def test_what_stands_in_for_later_labs(root: Path) -> None:
    """Each stage is checked with its own; paths through other folders have names."""
    five(root)
    folder = root / "l4/stand_in"
    folder.mkdir()
    (root / STAND_IN).unlink()
    (folder / "later.c").write_text(
        '#include "../four.h"\n\nuint32_t\nfour_later(uint32_t value)\n{\n'
        "        return value;\n}\n"
    )
    listed = 'stand_ins = ["l4/stand_in/later.c"]\nfiles = ['
    tiny.change(root / tiny_l4.TOML, "files = [", listed)
    assert (l4(root, number=2), l4(root, number=3)) == ([], [])
    put(root, "l4/stand_in/later.c", "static inline char *" + BAD[6:])
    assert l4(root, number=3) == []
    assert rules(l4(root)) == [("l4/stand_in/later.c", "integer-to-pointer")]
    put(root, "l4/four.h", "int broken(;\n")
    assert ("l4/four.h", "compile") in rules(l4(root))
    assert ".." not in "".join(one.file for one in l4(root))
