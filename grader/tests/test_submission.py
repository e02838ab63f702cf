# SPDX-License-Identifier: MIT
"""What counts of a submission, and what is made of files that nobody vouches for."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
import tiny

from h4.course import Course
from h4.errors import GraderError
from h4.overlay import examine, ignored_changes, overlay
from h4.ready_objects import guest_objects
from h4.released import HIDDEN
from h4.submission import LIMIT, Refused, read


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tiny.write(tmp_path / "course"))


@pytest.fixture
def handed_in(tmp_path: Path) -> Path:
    """A submission with nothing but the exercise files."""
    kernel = tmp_path / "handed-in/kernel"
    kernel.mkdir(parents=True)
    for name in ("low.c", "high.c", "third.S"):
        (kernel / name).write_text(f"// my {name}\n")
    return kernel.parent


def test_a_stage_is_everything_up_to_its_lab(course: Course) -> None:
    lab = course.lab(1)
    assert course.units(lab) == [
        "kernel/low.c", "kernel/high.c", "kernel/third.S", "kernel/given.c",
        "labs/1-tiny/stage.c", "labs/1-tiny/test_low.c", "grader/guest/harness.c",
    ]  # fmt: skip
    tree = course.stage_tree(lab)
    assert set(course.units(lab)) < set(tree)
    for path in (
        "kernel/kernel.ld", "kernel/include/kernel/low.h",
        "grader/guest/private.h", "grader/guest/include/h4/harness.h",
    ):  # fmt: skip
        assert path in tree
    for path in ("kernel/tests/test_low.c", "labs/1-tiny/mutants.toml"):
        assert path not in tree
    assert guest_objects(course) == []


def test_a_later_lab_is_not_part_of_an_earlier_stage(course: Course) -> None:
    (course.root / "labs/2-more").mkdir()
    (course.root / "kernel/more.c").write_text("\n")
    (course.root / "labs/2-more/stage.c").write_text("\n")
    (course.root / "labs/2-more/lab.toml").write_text(
        '[lab]\nnumber = 2\nname = "more"\ntitle = "More"\nversion = 1\n'
        'files = ["kernel/more.c"]\n'
    )
    course = Course(course.root)
    assert "kernel/more.c" not in course.stage_tree(course.lab(1))
    second = course.stage_tree(course.lab(2))
    assert {"kernel/more.c", "kernel/low.c", "labs/2-more/stage.c"} < set(second)
    assert "labs/1-tiny/stage.c" not in second


def test_prerequisites_are_found_through_others(course: Course) -> None:
    tiny.change(
        course.root / "labs/1-tiny/lab.toml",
        'handout = "#13-next"', 'handout = "#13-next"\nafter = ["1.2"]',
    )  # fmt: skip
    course = Course(course.root)
    needed = course.prerequisites(course.exercise("1.3"))
    assert [exercise.id for exercise in needed] == ["1.1", "1.2"]
    assert course.prerequisites(course.exercise("1.1")) == []


def test_exercise_files_are_taken(course: Course, handed_in: Path) -> None:
    files = overlay(course, handed_in)
    assert files == {
        f"kernel/{name}": f"// my {name}\n".encode()
        for name in ("low.c", "high.c", "third.S")
    }
    assert overlay(course, handed_in, course.lab(1)) == files
    assert ignored_changes(course, handed_in) == []


def test_the_course_itself_has_no_changes(course: Course) -> None:
    assert ignored_changes(course, course.root) == []
    assert overlay(course, course.root)["kernel/low.c"].decode() == tiny.LOW


def test_what_students_have_compiled_is_none_of_their_sources(
    course: Course, handed_in: Path
) -> None:
    """The course's own tree holds it; in another it does not count."""
    manifest = course.root / "labs/1-tiny/lab.toml"
    head = 'files = ["kernel/low.c"'
    text = manifest.read_text()
    assert head in text
    manifest.write_text(text.replace(head, 'compiled = ["kernel/given.c"]\n' + head))
    course = Course(course.root)
    assert ignored_changes(course, course.root) == []
    assert ignored_changes(course, handed_in) == []
    (handed_in / "kernel/given.c").write_text("int mine;\n")
    assert ignored_changes(course, handed_in) == [
        "kernel/given.c is not one of the course's; it is not built"
    ]


def refused(course: Course, handed_in: Path, words: str) -> None:
    """kernel/low.c is refused with these words, and the starter is taken."""
    found = examine(course, handed_in)
    assert list(found.refused) == ["kernel/low.c"]
    assert words in found.refused["kernel/low.c"]
    assert found.files["kernel/low.c"].decode() == course.starter("kernel/low.c")
    assert "// my high.c\n" == found.files["kernel/high.c"].decode()
    first = ignored_changes(course, handed_in)[0]
    assert first.startswith("kernel/low.c ") and words in first


def test_a_missing_file_is_replaced(course: Course, handed_in: Path) -> None:
    (handed_in / "kernel/low.c").unlink()
    refused(course, handed_in, "is missing")


def test_a_link_is_refused(course: Course, handed_in: Path) -> None:
    (handed_in / "kernel/low.c").unlink()
    (handed_in / "kernel/low.c").symlink_to(course.root / "kernel/low.c")
    refused(course, handed_in, "link")


def test_a_link_to_a_file_of_its_own_is_refused_too(
    course: Course, handed_in: Path
) -> None:
    (handed_in / "kernel/low.c").rename(handed_in / "kernel/mine.c")
    (handed_in / "kernel/low.c").symlink_to("mine.c")
    refused(course, handed_in, "link")


def test_a_folder_behind_a_link_is_refused(course: Course, handed_in: Path) -> None:
    (handed_in / "kernel").rename(handed_in / "elsewhere")
    (handed_in / "kernel").symlink_to("elsewhere")
    found = examine(course, handed_in)
    assert len(found.refused) == 3
    assert "link" in found.refused["kernel/low.c"]


def test_a_folder_is_refused(course: Course, handed_in: Path) -> None:
    (handed_in / "kernel/low.c").unlink()
    (handed_in / "kernel/low.c").mkdir()
    refused(course, handed_in, "is not a regular file")


def test_a_pipe_is_refused_and_not_waited_for(course: Course, handed_in: Path) -> None:
    (handed_in / "kernel/low.c").unlink()
    os.mkfifo(handed_in / "kernel/low.c")
    refused(course, handed_in, "is not a regular file")


def test_a_device_is_refused_and_not_opened(course: Course, handed_in: Path) -> None:
    (handed_in / "kernel/low.c").unlink()
    try:
        os.mknod(handed_in / "kernel/low.c", 0o644 | stat.S_IFCHR, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("only root makes devices")
    refused(course, handed_in, "is not a regular file")


def test_a_name_in_other_letters_is_another_name(
    course: Course, handed_in: Path
) -> None:
    (handed_in / "kernel/low.c").rename(handed_in / "kernel/Low.C")
    refused(course, handed_in, "is missing; 'Low.C' is another name")


@pytest.mark.parametrize("trap", ["pipe", "endless", "link"])
def test_a_submission_says_itself_what_it_was_given_but_is_not_trusted(
    course: Course, handed_in: Path, trap: str
) -> None:
    """What is compared with may be a trap: nothing waits for it or reads on for ever."""
    (handed_in / "kernel/given.c").write_text("int changed;\n")
    given = handed_in / HIDDEN / "pristine/kernel/given.c"
    given.parent.mkdir(parents=True)
    if trap == "pipe":
        os.mkfifo(given)
    elif trap == "endless":
        given.symlink_to("/dev/zero")
    else:
        given.symlink_to(handed_in / "kernel/given.c")
    assert "kernel/given.c was changed; the course's is used" in (
        ignored_changes(course, handed_in)
    )


def test_a_tree_that_never_ends_is_not_followed_for_ever(
    course: Course, handed_in: Path
) -> None:
    where = os.open(handed_in / "kernel", os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=where)
        inner = os.open("d", os.O_RDONLY, dir_fd=where)
        os.close(where)
        where = inner
    os.close(where)
    (handed_in / "kernel/own.c").write_text("int more;\n")
    lines = ignored_changes(course, handed_in)
    # Python's own way of removing a tree does not come to its end either.
    subprocess.run(["rm", "-r", handed_in / "kernel/d"], check=True)
    assert lines == ["kernel/own.c is not one of the course's; it is not built"]


def test_the_limit_is_exact(course: Course, handed_in: Path) -> None:
    (handed_in / "kernel/low.c").write_bytes(b"x" * LIMIT)
    assert len(overlay(course, handed_in)["kernel/low.c"]) == LIMIT == 262144
    (handed_in / "kernel/low.c").write_bytes(b"x" * (LIMIT + 1))
    refused(course, handed_in, "262145 bytes")


@pytest.mark.parametrize("path", ["../course/labs/course.toml", "/etc/passwd", ""])
def test_a_path_out_of_the_tree_is_refused(handed_in: Path, path: str) -> None:
    with pytest.raises(Refused, match="inside the tree"):
        read(handed_in, path)


def test_what_does_not_count_is_named(course: Course, handed_in: Path) -> None:
    (handed_in / "kernel/given.c").write_text(tiny.GIVEN)  # unchanged
    (handed_in / "kernel/kernel.ld").write_text("changed\n")
    (handed_in / "kernel/own.c").write_text("int more;\n")
    (handed_in / "labs/1-tiny").mkdir(parents=True)
    (handed_in / "labs/1-tiny/test_low.c").write_text("int easy;\n")
    lines = ignored_changes(course, handed_in)
    assert [line.split(" ")[0] for line in lines] == [
        "kernel/kernel.ld", "labs/1-tiny/test_low.c", "kernel/own.c",
    ]  # fmt: skip
    assert "not built" in lines[2]
    assert set(overlay(course, handed_in)) == set(course.exercise_files)


def test_solutions_and_starters(course: Course) -> None:
    assert "H4_TODO" in course.starter("kernel/low.c")
    assert "low_secret_helper" in course.solved("kernel/low.c")
    course.check()


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("kernel/stray.c", "int stray;\n", "stray.c: belongs to no lab"),
        ("kernel/include/kernel/low.h", "// H4-BEGIN 1.1\n", "low.h:1: misplaced"),
        ("kernel/given.c", "// H4-BEGIN 1.1\n", "given.c:1: misplaced"),
        ("kernel/given.c", "// H4-BEGIN 7.1\n", "given.c:1: unknown"),
        ("kernel/low.c", tiny.HIGH, "low.c:9: misplaced"),
        ("kernel/low.c", "int low;\n", "low.c: there is no region of exercise 1.1"),
    ],
    ids=["stray", "header", "given", "unknown", "another's", "none"],
)
def test_a_course_with_wrong_marks_is_refused(
    course: Course, path: str, text: str, words: str
) -> None:
    (course.root / path).write_text(text)
    with pytest.raises(GraderError) as found:
        Course(course.root).check()
    assert words in str(found.value)
