# SPDX-License-Identifier: MIT
"""The real course as students get it, and its way through a release."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tiny
from conftest import ROOT
from elftools.elf.elffile import ELFFile

from h4.course import Course
from h4.endings import FAIL, PASS
from h4.git import Git, identity
from h4.leaks import leaks
from h4.outside_harness import OBSERVERS, fixed
from h4.outside_layout import SOURCES
from h4.stage import Recipe, StageBuilder
from h4.student import write_student_tree
from h4.update import update
from h4.verdict import Machine, run_tests


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course that can be changed."""
    root = tmp_path_factory.mktemp("course") / "h4"
    unwanted = shutil.ignore_patterns(".git", "build", "__pycache__", ".pytest_cache")
    shutil.copytree(ROOT, root, ignore=unwanted, symlinks=True)
    share(root, "reference")
    return root


def share(tree: Path, what: str) -> None:
    """What is kept by all that it is made of is made once for all tests."""
    kept = ROOT / "build" / what
    kept.mkdir(parents=True, exist_ok=True)
    (tree / "build").mkdir(exist_ok=True)
    (tree / "build" / what).symlink_to(kept)


@pytest.fixture(scope="module")
def tree(root: Path) -> Path:
    return write_student_tree(root, root.parent / "student").directory


def test_nothing_of_a_solution_is_given_away(root: Path, tree: Path) -> None:
    assert leaks(Course(root), tree) == []


def test_what_is_the_instructor_s_stays_behind(tree: Path) -> None:
    names = [str(p.relative_to(tree)) for p in tree.rglob("*") if ".git/" not in str(p)]
    assert "grader/h4/grading.py" in names
    for word in ("tests", "mutants", "bodies", "leaks", "student", "__pycache__"):
        assert not [name for name in names if word in name], word
    sources = [n for n in names if "guest" in n and n.endswith((".c", ".S"))]
    assert not sources


def test_the_leak_check_sees_a_solution(root: Path, tree: Path, tmp_path: Path) -> None:
    """The same check, on the same tree with each solution put into it."""
    shutil.copytree(tree, tmp_path / "tree")
    course = Course(root)
    for path in course.exercise_files:
        (tmp_path / "tree" / path).write_text(course.solved(path))
    found = {leak.where.rpartition(":")[0] for leak in leaks(course, tmp_path / "tree")}
    assert found == set(course.exercise_files)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_starters_are_clean_and_all_missing(tree: Path, compiler: str) -> None:
    course = Course(tree)
    for lab in course.labs:
        if not lab.gradable:
            continue
        recipe = Recipe(submission=tree, compiler=compiler)
        stage = StageBuilder(course, ROOT / "build").stage(lab, recipe)
        assert (stage.warnings, stage.failures, stage.link_failure) == ({}, {}, "")
        assert stage.missing == {
            exercise.id
            for one in course.labs
            if one.number <= lab.number
            for exercise in one.exercises
            if one is lab or not exercise.about  # a test is in its lab's stage alone
        }


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_reference_objects_link(tree: Path, compiler: str) -> None:
    course = Course(tree)
    every = tuple(exercise.id for exercise in course.manifest.exercises)
    for lab in course.labs:
        if lab.gradable:
            recipe = Recipe(submission=tree, without=every, compiler=compiler)
            stage = StageBuilder(course, ROOT / "build").stage(lab, recipe)
            assert (stage.link_failure, stage.missing) == ("", set())


def test_full_marks_on_the_reference(root: Path, tree: Path, tmp_path: Path) -> None:
    """The last lab's exercises are done, and nothing else: BASE=reference."""
    course = Course(shutil.copytree(tree, tmp_path / "tree"))
    lab = [lab for lab in course.labs if lab.gradable][-1]
    for exercise in lab.exercises:
        (course.root / exercise.file).write_text(Course(root).solved(exercise.file))
    recipe = Recipe(submission=course.root, base_reference=True)
    stage = StageBuilder(course, ROOT / "build").stage(lab, recipe)
    machine = Machine(jobs=1, direct=True)
    outcomes = run_tests(stage, lab, list(lab.tests), course.secret, machine)
    assert {outcome.status for outcome in outcomes.values()} == {PASS}


def test_a_mistake_is_a_mistake_in_a_student_s_tree(
    root: Path, tree: Path, tmp_path: Path
) -> None:
    """Not a harness that somebody has changed: that one is an object there, and the
    grader knows its parts all the same."""
    course = Course(shutil.copytree(tree, tmp_path / "tree"))
    path, lab = "kernel/flexpage.c", course.lab(1)
    head, name, tail = Course(root).solved(path).partition("\nfpage_last(")
    text = head + name + tail.replace("return ", "return 1 + ", 1)
    stage = StageBuilder(course, ROOT / "build").stage(lab, Recipe(texts={path: text}))
    begin, size = fixed(stage.image)[1]
    for place in (("descriptors.c", "idt"), *OBSERVERS):
        assert begin <= stage.image.own[place] < begin + size
    tests = [one for one in lab.tests if one.name.startswith("fpage_last")]
    outcomes = run_tests(stage, lab, tests, course.secret, Machine(jobs=1, direct=True))
    assert {outcome.status for outcome in outcomes.values()} == {FAIL}


def test_objects_tell_little(root: Path, tree: Path) -> None:
    """No debug information but of the two files by which the grader knows how records
    are laid out, no machine's paths, no names of helpers."""
    described = {f"{source}.o" for source in SOURCES}
    for file in (tree / ".course").rglob("*.o"):
        content = file.read_bytes()
        assert b"/tmp/" not in content and str(root).encode() not in content, file
        with file.open("rb") as stream:
            elf = ELFFile(stream)
            sections = [section.name for section in elf.iter_sections()]
            symbols = list(elf.get_section_by_name(".symtab").iter_symbols())
        assert not [n for n in sections if "todo" in n], file
        if file.name not in described:
            assert not [n for n in sections if "debug" in n], file
        if "reference" in file.parts:
            local = [s.name for s in symbols if s["st_info"]["bind"] == "STB_LOCAL"]
            assert not any(local), (file, local)


def test_the_grader_needs_nothing_that_stays_behind(tree: Path) -> None:
    names = [f"h4.{file.stem}" for file in (tree / "grader/h4").glob("*.py")]
    assert "h4.cli" in names and "h4.student" not in names
    script = f"import sys; sys.path.insert(0, {str(tree / 'grader')!r})\n"
    script += "".join(f"import {name}\n" for name in names)
    done = subprocess.run(
        [sys.executable, "-B", "-c", script], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def make(tree: Path, *words: str) -> tuple[int, str]:
    """make's status, and what it said."""
    done = subprocess.run(["make", *words], cwd=tree, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        (["help"], 0, "make update"),
        (["hint", "EX=1.77"], 2, "1.1  Flexpage arithmetic"),
        (["hint"], 2, "which exercise?"),
        (["update"], 0, "Nothing to merge"),
        (["check-client"], 0, "labs/3-handles/client: confined"),
    ],
)
def test_the_commands_of_a_student_s_tree(
    tree: Path, words: list[str], status: int, text: str
) -> None:
    found, said = make(tree, *words)
    assert found == status, said
    assert text in said


def test_a_hint_is_shown_again(tree: Path) -> None:
    assert "Hint 1 of 3" in make(tree, "hint", "EX=1.1")[1]
    assert "Hint 1 of 3" in make(tree, "hint", "EX=1.1", "AGAIN=1")[1]


def test_h_is_there(root: Path, tree: Path) -> None:
    """As source and header what is given, but for what would show how an exercise is
    done, which is compiled; as starter what is not given; no tests of the host, and
    nothing that measures."""
    names = {p.relative_to(root).as_posix() for p in (root / "h").rglob("*.[ch]")}
    course = Course(root)
    assert course.compiled
    names = {name for name in names if not name.startswith("h/tests/")}
    names -= course.compiled
    for top in (tree, tree / ".course/pristine"):
        found = {p.relative_to(top).as_posix() for p in (top / "h").rglob("*.[ch]")}
        assert found == names
    for path in course.compiled:
        assert (tree / f".course/reference/{path}.o").is_file()
    for exercise in course.lab(3).exercises:
        assert "H4_TODO" in (tree / exercise.file).read_text()
        assert (tree / f".course/reference/{exercise.file}.o").is_file()
    client = {p.name for p in (root / "labs/3-handles/client").iterdir()}
    assert {p.name for p in (tree / "labs/3-handles/client").iterdir()} == client
    assert not list(tree.glob("labs/*/measure"))


def test_a_student_s_own_client_is_built(tree: Path, tmp_path: Path) -> None:
    """What is added to a client is built for a look, and for no verdict."""
    own = tmp_path / "tree"
    shutil.copytree(tree, own)
    added = "labs/3-handles/client/second.c"
    (own / added).write_text('#include "main.h"\n\nint second_client = 2;\n')
    course = Course(own)
    every = tuple(exercise.id for exercise in course.manifest.exercises)
    builder = StageBuilder(course, ROOT / "build")
    look = Recipe(submission=own, without=every, own_given=True)
    verdict = Recipe(submission=own, without=every)
    assert added in builder.objects(course.lab(3), look)
    assert added not in builder.objects(course.lab(3), verdict)


def graded(tree: Path, out: Path) -> dict[str, tuple[str, int]]:
    """Status and points of each test of lab 1."""
    done = subprocess.run(
        [sys.executable, tree / "grader/grade", "--lab", "1", "--json", out],
        cwd=tree, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    tests = json.loads(out.read_text())["labs"][0]["tests"]
    return {test["name"]: (test["status"], test["score"]) for test in tests}


def test_half_a_lab_goes_through_a_release(root: Path, tmp_path: Path) -> None:
    """A release changes a test, a hint and a given file; the work is kept, and is
    worth afterwards what it was worth before."""
    course = Course(root)
    tree = write_student_tree(root, tmp_path / "tree").directory
    share(tree, "objects")
    half = course.lab(1).exercises[:4]
    git = Git(tree)
    for exercise in half:
        (tree / exercise.file).write_text(course.solved(exercise.file))
        git("commit", "-q", "-a", "-m", exercise.id, env=identity("Ada", "a@b.invalid"))
    work = {e.file: (tree / e.file).read_bytes() for e in course.lab(1).exercises}
    before = graded(tree, tmp_path / "before.json")
    done = {t.name: t.points for e in half for t in course.lab(1).tests_of(e)}
    assert {n: p for n, (status, p) in before.items() if status == "pass"} == done

    release = tmp_path / "release"
    shutil.copytree(root, release)
    tiny.change(release / "labs/course.toml", "release = 1", "release = 2")
    manifest = release / "labs/1-paging/lab.toml"
    tiny.change(manifest, "version = 1", "version = 2")
    hint = course.exercise("1.1").hints[0].strip().split("\n")[0]
    tiny.change(manifest, hint, hint + " It was mended.")
    for path in ("labs/1-paging/test_flexpage.c", "kernel/page.c"):
        with (release / path).open("a") as out:
            out.write("// Mended.\n")
    report = write_student_tree(release, tree)
    assert (report.changed, report.release) == (True, 2)
    assert "Release 2" in update(tree)

    assert {path: (tree / path).read_bytes() for path in work} == work
    for path in ("labs/1-paging/test_flexpage.c", "kernel/page.c"):
        assert (tree / path).read_text().endswith("// Mended.\n")
    assert "It was mended." in Course(tree).exercise("1.1").hints[0]
    assert (Course(tree).release, Course(tree).lab(1).version) == (2, 2)
    assert git("status", "--porcelain") == ""
    assert graded(tree, tmp_path / "after.json") == before
