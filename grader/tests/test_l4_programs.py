# SPDX-License-Identifier: MIT
"""The programs of a stage that runs L4: where they are, which of them is its root, and
which are loaded for tests."""

from __future__ import annotations

import argparse
import shutil
import subprocess
from pathlib import Path

import pytest
import tiny
import tiny_l4
from conftest import ROOT
from elftools.elf.elffile import ELFFile
from test_l4_build import build

from h4.build import Builder
from h4.course import Course
from h4.errors import GraderError
from h4.grading import Settings
from h4.manifest import Lab, load_course
from h4.programs import Programs
from h4.running import choose_root, labs_to_look_at
from h4.stage import Recipe, Stage


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tiny_l4.write(tmp_path / "course")


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
