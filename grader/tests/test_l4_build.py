# SPDX-License-Identifier: MIT
"""How L4 is built: as a client of H, in whatever form its files come; and what it
runs."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import tiny
import tiny_l4
from conftest import ROOT
from elftools.elf.elffile import ELFFile

from h4.build import CLIENT_INCLUDE, Builder
from h4.client_objects import disassemble
from h4.compile_commands import main as compile_commands
from h4.course import Course
from h4.errors import GraderError
from h4.grading import Settings
from h4.leaks import leaks
from h4.manifest import Lab, load_course
from h4.programs import Programs
from h4.reference import reference_object
from h4.running import choose_root, labs_to_look_at
from h4.size import code_lines, sizes
from h4.stage import Recipe, Stage, StageBuilder
from h4.student import write_student_tree


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tiny_l4.write(tmp_path / "course")


def build(root: Path, out: Path, number: int = 2, **recipe: object) -> Stage:
    course = Course(root)
    return StageBuilder(course, out).stage(course.lab(number), Recipe(**recipe))


def traps(path: Path) -> bool:
    """Does an object look where it goes?"""
    lines = disassemble(path, path.parent)
    return any("ud1" in line or "ud2" in line for line in lines)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_the_stage_is_built(root: Path, tmp_path: Path, compiler: str) -> None:
    stage = build(root, tmp_path / "build", compiler=compiler)
    assert (stage.failures, stage.link_failure, stage.warnings) == ({}, "", {})
    assert stage.missing == set()
    assert {"four_word", "four_later", "kip_code"} <= set(stage.image.addresses)


# A line at the beginning of a file, and whether it finds its header there.
SEEN = {
    "h": ("l4/twice.c", "#include <h/h.h>", True),
    "own": ("l4/twice.c", "#include <l4/kip.h>", True),
    "own in client": ("labs/2-four/client/stand_in.c", "#include <l4/kip.h>", True),
    "kernel": ("l4/twice.c", "#include <kernel/low.h>", False),
    "whole tree": ("l4/twice.c", "#include <h/internal/own.h>", False),
    "harness": ("l4/twice.c", "#include <h4/harness.h>", False),
    "kernel in client": (
        "labs/2-four/client/stand_in.c", "#include <kernel/low.h>", False,
    ),
    "in the stage": ("labs/2-four/stage.c", "#include <kernel/low.h>", True),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_which_headers_are_seen(root: Path, tmp_path: Path, name: str) -> None:
    path, line, fine = SEEN[name]
    (root / "h/internal").mkdir()
    (root / "h/internal/own.h").write_text("// H's own.\n")
    (root / path).write_text(f"{line}\n{(root / path).read_text()}")
    if fine:
        assert not build(root, tmp_path / "build").link_failure
    else:
        with pytest.raises(GraderError, match=f"given file {path} does not compile"):
            build(root, tmp_path / "build")


def test_an_earlier_client_sees_nothing_of_l4(root: Path, tmp_path: Path) -> None:
    client = root / "labs/1-tiny/client/main.c"
    client.parent.mkdir()
    for name, fine in {"h/h.h": True, "l4/four.h": False}.items():
        client.write_text(f"#include <{name}>\n\nint client;\n")
        course = Course(root)
        builder = StageBuilder(course, tmp_path / "build")
        if fine:
            assert builder.objects(course.lab(1), Recipe())
        else:
            with pytest.raises(GraderError, match="l4/four.h"):
                builder.objects(course.lab(1), Recipe())


def test_every_form_of_it_has_traps(root: Path, tmp_path: Path) -> None:
    """The solution, a mutant of it, and the object that students are given."""
    course = Course(root)
    builder = StageBuilder(course, tmp_path / "build")
    mutant = course.solved("l4/four.c").replace("times[at]++", "times[at] += 2")
    for recipe in (Recipe(), Recipe(texts={"l4/four.c": mutant})):
        objects = builder.objects(course.lab(2), recipe)
        assert traps(objects["l4/four.c"]) and not traps(objects["kernel/given.c"])
    assert traps(reference_object(course, "l4/four.c"))
    assert not traps(reference_object(course, "kernel/high.c"))


def test_a_mutant_is_confined_too(root: Path, tmp_path: Path) -> None:
    text = Course(root).solved("l4/four.c")
    text = text.replace('"kip.h"', '<kernel/low.h>')
    stage = build(root, tmp_path / "build", texts={"l4/four.c": text})
    assert "kernel/low.h" in stage.failures["2.1"]


def test_how_editors_are_told(root: Path) -> None:
    out = root / "out.json"
    assert compile_commands(root, argparse.Namespace(out=str(out))) == 0
    rows = {row["file"]: row["arguments"] for row in json.loads(out.read_text())}
    for path in ("l4/four.c", "labs/2-four/client/stand_in.c"):
        assert "-Ikernel/include" not in rows[path] and "-I." in rows[path]
        assert [word for word in rows[path] if word.startswith("-fsanitize=")]
    assert "-Ikernel/include" in rows["labs/2-four/stage.c"]
    assert f"-I{CLIENT_INCLUDE}" not in rows["l4/four.c"]


def test_a_student_s_tree(root: Path, tmp_path: Path) -> None:
    """The exercise is missing, comes from the reference, or is done; the stage is the
    same as the instructor's."""
    tree = write_student_tree(root, tmp_path / "tree").directory
    assert leaks(Course(root), tree) == []
    record = json.loads((tree / ".course/release.json").read_text())
    assert f"-I{CLIENT_INCLUDE}" in record["client_flags"]
    assert f"-I{CLIENT_INCLUDE}" not in record["flags"]
    out = tmp_path / "build"
    starter = build(tree, out, submission=tree)
    assert (starter.missing, starter.failures) == ({"1.1", "1.2", "1.3", "2.1"}, {})
    every = ("1.1", "1.2", "1.3", "2.1")
    assert build(tree, out, submission=tree, without=every).missing == set()
    (tree / "l4/four.c").write_text(Course(root).solved("l4/four.c"))
    assert build(tree, out, submission=tree).missing == {"1.1", "1.2", "1.3"}
    stage = build(tree, out, submission=tree)
    assert [name for name, _ in stage.modules] == ["root", "other"]


def test_lines_of_l4(root: Path) -> None:
    for path in ("kernel/tests/environment_sizes.c", "kernel/environment.c",
                 "kernel/memory_map.c", "kernel/include/kernel/environment.h",
                 "kernel/include/kernel/memory_map.h"):  # fmt: skip
        (root / path).write_text("int main(void);\n")
    (root / "kernel/environment.c").write_text("int main(void)\n{\n}\n")
    (root / "kernel/memory_map.c").write_text("int nothing;\n")
    parts = sizes(root).parts
    names = [*(root / "l4").glob("*.[ch]")]
    course = Course(root)
    lines = sum(code_lines(course.solved(f"l4/{path.name}")) for path in names)
    assert (parts["l4"].files, parts["l4"].lines) == (len(names), lines)
    assert parts["l4"].bytes["text"] > 0 and parts["l4"].bytes["bss"] == 16
    assert lines not in (parts["h"].lines, parts["kernel"].lines)


# What stands in


STAND_IN = "l4/stand_in/later.c"


def with_stand_in(root: Path) -> None:
    """Instead of the lab's client; a third lab has the real thing."""
    (root / "l4/stand_in").mkdir()
    text = (root / "labs/2-four/client/stand_in.c").read_text()
    (root / STAND_IN).write_text(text.replace("<l4/four.h>", '"../four.h"'))
    (root / "labs/2-four/client/stand_in.c").unlink()
    listed = f'stand_ins = ["{STAND_IN}"]\nfiles = ['
    tiny.change(root / tiny_l4.TOML, "files = [", listed)
    (root / "l4/later.c").write_text(text)
    third = root / "labs/3-five"
    third.mkdir()
    (third / "stage.c").write_text((root / "labs/2-four/stage.c").read_text())
    (third / "lab.toml").write_text(
        '[lab]\nnumber = 3\nname = "five"\ntitle = "Five"\nversion = 1\n'
        'files = ["l4/later.c"]\n'
    )


def test_what_stands_in_is_in_one_stage(root: Path, tmp_path: Path) -> None:
    with_stand_in(root)
    course = Course(root)
    course.check()
    later = "l4/later.c"
    for number, own, other in ((2, STAND_IN, later), (3, later, STAND_IN)):
        builder = StageBuilder(course, tmp_path / "build")
        objects = builder.objects(course.lab(number), Recipe())
        assert own in objects and other not in objects
        stage = builder.stage(course.lab(number), Recipe())
        assert (stage.link_failure, stage.failures) == ("", {})
    tree = write_student_tree(root, tmp_path / "tree").directory
    assert (tree / STAND_IN).is_file()
    every = ("1.1", "1.2", "1.3", "2.1")
    assert build(tree, tmp_path / "build", 2, without=every).missing == set()
    # Lab 3 has no tests yet: it would show what lab 2 asks for.
    assert not (tree / later).exists() and not (tree / "labs/3-five").exists()


STAND_IN_MISTAKES = {
    "nowhere": ("l4/stand_in/nowhere.c", "there is no file l4/stand_in/nowhere.c"),
    "a file": ("l4/twice.c", "l4/twice.c is one of the files of labs/2-four"),
    "of a later lab": ("l4/later.c", "l4/later.c is one of the files of labs/3-five"),
    "header": ("l4/four.h", "l4/four.h is not a source file of the kernel"),
    "program": ("user/libfour/stop.S", "is not a source file of the kernel"),
    "elsewhere": ("labs/2-four/stage.c", "a path below kernel/, h/, l4/ or user/"),
}


@pytest.mark.parametrize("mistake", STAND_IN_MISTAKES)
def test_mistakes_in_what_stands_in(root: Path, mistake: str) -> None:
    path, words = STAND_IN_MISTAKES[mistake]
    with_stand_in(root)
    (root / "user/libfour/stop.S").write_text("nop\n")
    tiny.change(root / tiny_l4.TOML, f'["{STAND_IN}"]', f'["{path}"]')
    with pytest.raises(GraderError, match=words):
        load_course(root)


# Programs


def modules(
    root: Path, out: Path, compiler: str = "gcc", own: bool = False
) -> dict[str, Path]:
    out.mkdir(exist_ok=True)
    course = Course(root)
    programs = Programs(course, course.lab(2), own)
    return dict(programs.build(Builder(out / "objects", compiler), out))


def segments(module: Path) -> list[tuple[int, int]]:
    """Where a program is, and where its memory is to be."""
    with module.open("rb") as stream:
        return [
            (one["p_vaddr"], one["p_paddr"])
            for one in ELFFile(stream).iter_segments()
            if one["p_type"] == "PT_LOAD" and one["p_memsz"]
        ]


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_where_programs_are(root: Path, tmp_path: Path, compiler: str) -> None:
    """Its own script, that of a library, or the one of all; a library is a folder or a
    single file."""
    found = modules(root, tmp_path / "build", compiler)
    begins = {name: segments(path)[0] for name, path in found.items()}
    assert begins == {"root": (0x400000,) * 2, "other": (0x20000,) * 2}
    for path in found.values():
        assert all(virtual == physical for virtual, physical in segments(path))
    data = segments(found["root"])[1][0]
    assert data % 4096 == 0 and 0x400000 < data < 0x410000
    (root / "user/libfour/libfour.ld").unlink()
    assert segments(modules(root, tmp_path / "build", compiler)["root"])[0] == (
        0x08048000, 0x08048000
    )  # fmt: skip


def test_a_script_that_changes_is_seen(root: Path, tmp_path: Path) -> None:
    """Also where it is only included."""
    first = modules(root, tmp_path / "build")
    tiny.change(root / "user/other/other.ld", "0x00020000", "0x00030000")
    second = modules(root, tmp_path / "build")
    assert segments(second["other"])[0][0] == 0x30000
    (root / "user/user.ld").write_text(
        (root / "user/user.ld").read_text().replace("ALIGN(0x1000)", "ALIGN(0x4000)")
    )
    third = modules(root, tmp_path / "build")
    assert segments(third["root"])[1][0] == 0x404000
    assert first["root"] != third["root"]


LIBRARIES = '["libfour", "lib/add.c"]'
MISTAKES = {
    "no such library": (LIBRARIES, '["libfive"]', "user/libfive is or has no source"),
    "no such file": (LIBRARIES, '["lib/sub.c"]', "user/lib/sub.c is or has no source"),
    "half a name": (LIBRARIES, '["libfou"]', "user/libfou is or has no source"),
    "elsewhere": (LIBRARIES, '["../kernel"]', "a folder below user/, or a file in one"),
    "a library": ('"root", "other"', '"root", "libfour"', "holds what programs share"),
    "not a program": ("libraries =", 'tested = ["rot"]\nlibraries =', "rot is not one"),
    "a task too": ("libraries =", 'tasks = ["root"]\nlibraries =', "root is there tw"),
    "no such task": ("libraries =", 'tasks = ["tri"]\nlibraries =', "tri has no source"),
    "the kip": ('"root", "other"', '"root", "kip"', "holds what programs share"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_in_a_manifest_are_named(root: Path, mistake: str) -> None:
    old, new, words = MISTAKES[mistake]
    tiny.change(root / tiny_l4.TOML, old, new)
    with pytest.raises(GraderError, match=words):
        load_course(root)


def test_without_a_library(root: Path, tmp_path: Path) -> None:
    tiny.change(root / tiny_l4.TOML, LIBRARIES, "[]")
    for name in ("root", "other"):
        (root / f"user/{name}/main.c").write_text("void start(void) {}\n")
    assert list(modules(root, tmp_path / "build")) == ["root", "other"]


# The root program


def chosen(
    root: Path, tmp_path: Path, lab: str | None, program: str | None
) -> list[Lab]:
    course = Course(root)
    labs = [one for one in course.labs if one.tests]
    given = argparse.Namespace(lab=lab, program=program)
    use = Settings(tmp_path, Recipe())
    return labs_to_look_at(course, labs, given, use)


def numbers(*words: object) -> list[int]:
    return [lab.number for lab in chosen(*words)]  # type: ignore[arg-type]


def test_which_lab_is_run(root: Path, tmp_path: Path) -> None:
    third = root / "labs/3-five"
    third.mkdir()
    (third / "stage.c").write_text("int five;\n")
    text = '[lab]\nnumber = 3\nname = "five"\ntitle = "Five"\nversion = 1\n'
    text += 'files = ["user/last/main.c"]\nprograms = ["last", "root"]\n'
    text += "libraries = []\n"
    (third / "lab.toml").write_text(text)
    (root / "user/last").mkdir()
    (root / "user/last/main.c").write_text("void start(void) {}\n")
    at = (root, tmp_path)
    assert numbers(*at, "1", None) == [1]
    assert numbers(*at, "3", None) == [3], "no tests yet"
    assert numbers(*at, "all", None) == [1, 2]
    assert numbers(*at, None, None) == numbers(*at, None, "root") == [2]
    assert numbers(*at, None, "last") == [3], "the last one that has it"
    assert numbers(*at, "3", "root") == [3]
    assert numbers(*at, "all", "root") == [2]
    with pytest.raises(GraderError, match="LAB=4: there are the labs 1, 2, 3"):
        chosen(*at, "4", None)


@pytest.mark.parametrize(
    ("lab", "program", "words"),
    [
        ("2", "rot", r"is no program of lab 2; its programs are:\n  root\n  other"),
        (None, "rot", r"is no program of lab 2; its programs are:\n  root\n  other"),
        ("all", "rot", r"is no program of lab 2; its programs are:\n  root\n  other"),
        ("2", "", r"is no program of lab 2"),
        ("1", "root", "lab 1 starts all of its programs"),
    ],
)
def test_programs_that_are_none(
    root: Path, tmp_path: Path, lab: str | None, program: str, words: str
) -> None:
    with pytest.raises(GraderError, match=words):
        chosen(root, tmp_path, lab, program)


def test_a_course_without_l4(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match="no lab has root programs yet"):
        chosen(tiny.write(tmp_path / "course"), tmp_path, None, "root")


@pytest.mark.parametrize(
    ("program", "order"),
    [(None, "abc"), ("a", "abc"), ("b", "bac"), ("c", "cab")],
)
def test_the_root_program_is_the_first(program: str | None, order: str) -> None:
    course = Course(ROOT)
    stage = Stage(course, course.labs[0], None, {}, {})
    stage.modules = [(name, Path(name)) for name in "abc"]
    choose_root(stage, program)
    assert "".join(name for name, _ in stage.modules) == order


def test_tasks_and_what_tests_need(root: Path, tmp_path: Path) -> None:
    """Of three modules tests are booted with one; the first root program has its task
    behind it, and another one is alone."""
    more = '"other"]\ntested = ["other"]\ntasks = ["task"]'
    tiny.change(root / tiny_l4.TOML, '"other"]', more)
    tiny.change(root / tiny_l4.TOML, "files = [", 'files = ["user/task/main.c",')
    (root / "user/task").mkdir()
    (root / "user/task/main.c").write_text("int main(void);\nint main(void)\n{\n}\n")

    def shown(program: str | None) -> list[str]:
        stage = build(root, tmp_path / "build")
        assert [name for name, _ in stage.tested] == ["other"]
        choose_root(stage, program)
        return [name for name, _ in stage.modules]

    assert shown(None) == shown("root") == ["root", "task"]
    assert shown("other") == ["other"]


@pytest.mark.parametrize("command", ["run", "debug"])
def test_make_hands_the_program_on(command: str) -> None:
    done = subprocess.run(
        ["make", "-n", command, "LAB=5", "PROGRAM=one"], cwd=ROOT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert f"{command} --lab='5'" in done.stdout and "--program='one'" in done.stdout


def test_what_comes_later_is_no_change(root: Path) -> None:
    """In the course's own tree, which can be graded too; nor in what somebody hands in
    of it, as long as it is the same."""
    with_stand_in(root)
    course = Course(root)
    assert (root / "l4/later.c").is_file() and "l4/later.c" not in course.given
    assert not [line for line in course.ignored_changes(root) if "later" in line]
    other = root.parent / "other"
    shutil.copytree(root, other)
    (other / "l4/later.c").write_text("int other;\n")
    assert any("l4/later.c is not one" in line for line in course.ignored_changes(other))
