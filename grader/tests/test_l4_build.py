# SPDX-License-Identifier: MIT
"""How L4 is built: as a client of H, in whatever form its files come."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import pytest
import tiny
import tiny_l4

from h4.build import CLIENT_INCLUDE
from h4.client_objects import disassemble
from h4.compile_commands import main as compile_commands
from h4.course import Course
from h4.errors import GraderError
from h4.leaks import leaks
from h4.manifest import load_course
from h4.overlay import ignored_changes
from h4.reference import reference_object
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


def test_what_comes_later_is_no_change(root: Path) -> None:
    """In the course's own tree, which can be graded too; nor in what somebody hands in
    of it, as long as it is the same."""
    with_stand_in(root)
    course = Course(root)
    assert (root / "l4/later.c").is_file() and "l4/later.c" not in course.given
    assert not [line for line in ignored_changes(course, root) if "later" in line]
    other = root.parent / "other"
    shutil.copytree(root, other)
    (other / "l4/later.c").write_text("int other;\n")
    assert any("l4/later.c is not one" in line for line in ignored_changes(course, other))
