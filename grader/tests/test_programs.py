# SPDX-License-Identifier: MIT
"""Programs of ring 3: how they are built, what they may not see, and that they reach
the machine."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny
import tiny_kernel
from conftest import ROOT
from elftools.elf.elffile import ELFFile
from system_course import API

from h4.build import Builder
from h4.course import Course
from h4.emulator import Ending, boot
from h4.errors import GraderError
from h4.leaks import leaks
from h4.manifest import load_course
from h4.overlay import ignored_changes
from h4.programs import Programs
from h4.stage import Recipe, StageBuilder
from h4.student import write_student_tree

TOML = "labs/1-tiny/lab.toml"
FILES = {
    "user/README.md": "# Programs\n",
    "user/user.ld": (ROOT / "user/user.ld").read_text(),
    "user/include/user/add.h": "int add(int, int);\n",
    "user/lib/start.S": ".globl start\nstart: call main\n1: jmp 1b\n"
    '.section .note.GNU-stack, "", @progbits\n',
    "user/lib/add.c": "#include <user/add.h>\nint add(int a, int b)\n"
    "{\n        return a + b;\n}\n",
    "user/lib/unused.c": "int unused(void);\nint unused(void)\n"
    "{\n        return 12345;\n}\n",
    "user/one/main.c": '#include "own.h"\n#include <user/add.h>\nint main(void);\n'
    "int main(void)\n{\n        return add(ONE, ONE);\n}\n",
    "user/one/own.h": "#define ONE 1\n",
    "user/two/main.c": "int main(void);\nint zeros[5000] = { 0 };\nint number = 7;\n"
    "int main(void)\n{\n        return zeros[number];\n}\n",
}


def add_programs(root: Path) -> Path:
    """Two programs for the made-up course."""
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    names = [path for path in FILES if path.endswith((".c", ".S"))]
    listed = "".join(f', "{name}"' for name in names)
    tiny.change(
        root / TOML,
        '"kernel/given.c"]\n',
        f'"kernel/given.c"{listed}]\nprograms = ["one", "two"]\n',
    )
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return add_programs(tiny.write(tmp_path / "course"))


def built(
    root: Path, out: Path, compiler: str = "gcc", own: bool = False
) -> dict[str, Path]:
    out.mkdir(exist_ok=True)
    course = Course(root)
    programs = Programs(course, course.lab(1), own)
    return dict(programs.build(Builder(out / "objects", compiler), out))


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_a_program_is_a_static_executable(
    root: Path, tmp_path: Path, compiler: str
) -> None:
    modules = built(root, tmp_path / "build", compiler)
    assert list(modules) == ["one", "two"]
    for name, path in modules.items():
        with path.open("rb") as stream:
            elf = ELFFile(stream)
            assert (elf["e_type"], elf["e_machine"]) == ("ET_EXEC", "EM_386")
            assert elf.elfclass == 32 and elf.num_sections() == 0
            segments = [s for s in elf.iter_segments() if s["p_memsz"]]
            assert {s["p_type"] for s in segments} == {"PT_LOAD"}
            first = segments[0]
            begin, size = first["p_vaddr"], first["p_memsz"]
            assert (begin, first["p_flags"]) == (0x08048000, 5)
            assert begin <= elf["e_entry"] < begin + size
        with path.with_suffix(".elf").open("rb") as stream:
            table = ELFFile(stream).get_section_by_name(".symtab")
            names = {symbol.name for symbol in table.iter_symbols()}
        assert {"start", "main"} <= names and "unused" not in names, name
    data = segments[-1]
    assert (data["p_vaddr"] % 4096, data["p_flags"]) == (0, 6)
    assert data["p_filesz"] == 4 and data["p_memsz"] >= 20004


def test_the_same_program_is_built_once(root: Path, tmp_path: Path) -> None:
    first = built(root, tmp_path / "build")
    times = {path: path.stat().st_mtime_ns for path in first.values()}
    assert built(root, tmp_path / "build") == first
    assert {path: path.stat().st_mtime_ns for path in first.values()} == times
    tiny.change(root / "user/one/own.h", "ONE 1", "ONE 2")
    second = built(root, tmp_path / "build")
    assert second["one"] != first["one"]
    assert second["two"].read_bytes() == first["two"].read_bytes()


@pytest.mark.parametrize(
    "line",
    ["#include <kernel/low.h>", '#include "../../kernel/include/kernel/low.h"',
     "#include <stdio.h>", "#include <h4/harness.h>", "#include <h/h.h>"],
)  # fmt: skip
def test_a_program_sees_no_header_but_its_own(
    root: Path, tmp_path: Path, line: str
) -> None:
    source = root / "user/two/main.c"
    source.write_text(f"{line}\n{source.read_text()}")
    with pytest.raises(GraderError, match="user/two/main.c does not compile"):
        built(root, tmp_path / "build")


def test_a_program_that_does_not_link_is_named(root: Path, tmp_path: Path) -> None:
    source = root / "user/one/main.c"
    tiny.change(source, "ONE, ONE)", "ONE, nowhere())")
    tiny.change(source, "int main(void);", "int main(void);\nint nowhere(void);")
    with pytest.raises(GraderError, match="user/one does not link"):
        built(root, tmp_path / "build")


def test_a_kernel_has_nothing_of_its_programs(root: Path, tmp_path: Path) -> None:
    """Neither as a source nor as a header: its image stays what it was."""
    course = Course(root)
    lab = course.lab(1)
    assert not [p for p in course.stage_tree(lab) if p.startswith("user/")]
    objects = StageBuilder(course, tmp_path / "build").objects(lab, Recipe())
    before = Course(tiny.write(tmp_path / "before"))
    bare = StageBuilder(before, tmp_path / "other").objects(before.lab(1), Recipe())
    assert {p: o.name for p, o in objects.items()} == {
        p: o.name for p, o in bare.items()
    }


MISTAKES = {
    "unknown": ('"one", "two"', '"one", "three"', "three has no source"),
    "shared": ('"one", "two"', '"one", "lib"', "user/lib holds what programs share"),
    "twice": ('"one", "two"', '"one", "one"', "programs"),
    "name": ('"one", "two"', '"one", "../two"', "small letters, digits and hyphens"),
    "exercise": (
        'file = "kernel/third.S"', 'file = "user/one/main.c"',
        "an exercise is a part of the kernel",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_in_a_manifest_are_named(root: Path, mistake: str) -> None:
    old, new, words = MISTAKES[mistake]
    tiny.change(root / TOML, old, new)
    with pytest.raises(GraderError, match=words):
        load_course(root)


def test_a_student_has_the_sources(root: Path, tmp_path: Path) -> None:
    """As given files: what is changed in them counts for a look, not for a verdict."""
    tree = write_student_tree(root, tmp_path / "tree").directory
    for top in (tree, tree / ".course/pristine"):
        for path, text in FILES.items():
            if top == tree or not path.endswith(".md"):
                assert (top / path).read_text() == text
    assert leaks(Course(root), tree) == []
    given = built(tree, tmp_path / "build")
    tiny.change(tree / "user/one/own.h", "ONE 1", "ONE 5")
    tiny.change(tree / "user/two/main.c", "return", "more();\n        return")
    with (tree / "user/two/main.c").open("a") as out:
        out.write("int more_of_it;\n")
    tiny.change(tree / "user/two/main.c", "int main(void);",
                "int main(void);\nvoid more(void);")  # fmt: skip
    (tree / "user/two/more.c").write_text("void more(void);\nvoid more(void)\n{\n}\n")
    assert built(tree, tmp_path / "build") == given
    own = built(tree, tmp_path / "build", own=True)
    assert own["one"] != given["one"] and own["two"] != given["two"]
    ignored = ignored_changes(Course(tree), tree)
    for path in ("user/one/own.h was changed", "user/two/main.c was changed",
                 "user/two/more.c is not one"):  # fmt: skip
        assert [line for line in ignored if line.startswith(path)], path


@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
def test_programs_reach_the_kernel(root: Path, tmp_path: Path, emulator: str) -> None:
    kernel = tiny_kernel.build(tmp_path)
    modules = list(built(root, tmp_path / "build").items())
    result = boot(kernel.request(tmp_path / "work", "", modules=modules), emulator)
    assert result.ending == Ending.POWER_OFF
    expected = b"\n" + b"".join(
        name.encode() + b":" + path.read_bytes() + b"\n" for name, path in modules
    )
    assert result.com1 == expected


# The real ones.


def test_every_folder_of_user_is_used(course: Course) -> None:
    user = ROOT / "user"
    with_source = {path.relative_to(user).parts[0] for path in user.rglob("*.[cS]")}
    programs = {n for lab in course.labs for n in (*lab.programs, *lab.tasks)}
    libraries = {n.split("/")[0] for lab in course.labs for n in lab.libraries}
    # Which no lab has: those of tests, and of the stage of hostile programs.
    of_tests = {*API.programs, "fuzz"}
    assert with_source == programs | libraries | of_tests | {"kip", "tests"}


LABS = [lab.number for lab in load_course(ROOT).labs if lab.programs]


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("number", LABS)
def test_the_programs_of_the_course(
    course: Course, number: int, tmp_path: Path, compiler: str
) -> None:
    lab = course.lab(number)
    builder = Builder(tmp_path / "objects", compiler)
    programs = Programs(course, lab)
    modules = dict(programs.build(builder, tmp_path))
    assert tuple(modules) == (*lab.programs, *lab.tasks)
    units = programs.lay_out(tmp_path / "tree", list(modules))
    _, built = builder.compile(units, tmp_path / "tree")
    assert (built.failures, built.warnings) == ({}, {})
    for name, path in modules.items():
        most = 128 << 10 if name.startswith("trial") else 32 << 10
        assert path.stat().st_size < most, name
