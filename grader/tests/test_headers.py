# SPDX-License-Identifier: MIT
"""What an object is kept by: all headers that its source can read, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from h4.build import Builder, Unit
from h4.course import Course
from h4.headers import Headers, included

SOURCE = b"""\
#include "near.h"
#include <far.h>
"""
FILES = {
    "a/near.h": "",
    "include/far.h": "#if 0\n#  include <kernel/deep.h>\n#endif\n",
    "include/kernel/deep.h": '#include "beside.h"\n#include <far.h>\n',
    "include/kernel/beside.h": "",
    "include/other.h": "",
    "near_not.h": "",
}
READ = ("a/near.h", "include/far.h", "include/kernel/deep.h", "include/kernel/beside.h")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def digest(tree: Path, text: bytes = SOURCE) -> bytes:
    return Headers(tree).read_by("a/unit.c", text, [".", "include"])


@pytest.mark.parametrize("name", READ)
def test_what_is_read_counts(tree: Path, name: str) -> None:
    before = digest(tree)
    with (tree / name).open("a") as file:
        file.write("// more\n")
    assert digest(tree) != before


@pytest.mark.parametrize("name", sorted(FILES.keys() - set(READ)))
def test_what_is_not_read_does_not(tree: Path, name: str) -> None:
    before = digest(tree)
    (tree / name).write_text("// another\n")
    assert digest(tree) == before


@pytest.mark.parametrize(
    "name", ["near.h", "include/near.h", "a/far.h", "far.h", "a/kernel/deep.h"]
)
def test_a_new_header_of_a_name_that_is_included_counts(tree: Path, name: str) -> None:
    """It may hide the one that was read until now."""
    before = digest(tree)
    (tree / name).parent.mkdir(parents=True, exist_ok=True)
    (tree / name).write_text("")
    reached = name != "a/kernel/deep.h"  # no place where far.h's includes are sought
    assert (digest(tree) != before) == reached


@pytest.mark.parametrize(
    "text",
    [
        b'#if __has_include("other.h")\n#endif\n',
        b"#include_next <far.h>\n",
        b'#import "other.h"\n',
        b'??=include "other.h"\n??/\n',
    ],
)
def test_where_it_cannot_be_told_all_headers_count(tree: Path, text: bytes) -> None:
    before = digest(tree, text)
    (tree / "near_not.h").write_text("// another\n")
    assert digest(tree, text) != before
    with (tree / "include/far.h").open("ab") as file:
        file.write(text)
    before = digest(tree)
    (tree / "near_not.h").write_text("// once more\n")
    assert digest(tree) != before


def test_a_name_that_is_not_plain() -> None:
    assert included(b"#define X <far.h>\n#include X\n") is None
    assert included(b' # include "far.h" // far\n%:include <a/b.h>\n') == (
        "far.h", "a/b.h",
    )  # fmt: skip


def test_objects_are_made_anew_where_they_must(tree: Path, tmp_path: Path) -> None:
    (tree / "a/unit.c").write_bytes(SOURCE + b"#ifdef WORD\nint word = WORD;\n#endif\n")
    builder = Builder(tmp_path / "kept")

    def made(untrusted: bool = False, known: bool = False) -> Path:
        flags = ["-m32", "-I.", "-Iinclude"]
        unit = Unit("a/unit.c", flags, untrusted=untrusted, known=known)
        (path,), built = builder.compile([unit], tree)
        assert not built.failures
        return path

    first, students = made(), made(untrusted=True)
    own = made(untrusted=True, known=True)
    assert own != first  # it has been looked at as a student's is
    (tree / "include/other.h").write_text("// another\n")
    assert made() == first
    assert made(untrusted=True) != students  # there are ways to hide an include
    assert made(untrusted=True, known=True) == own  # the course's own text hides none
    (tree / "include/kernel/beside.h").write_text("#define WORD 7\n")
    assert made() != first
    (tree / "include/kernel/beside.h").write_text("")
    assert made() == first


def test_what_the_course_wrote_is_known(course: Course) -> None:
    path = "kernel/flexpage.c"
    for text in (course.text(path), course.starter(path), course.solved(path)):
        assert course.wrote(path, text.encode())
        assert not course.wrote(path, text.encode() + b"\n")
    assert not course.wrote(path, course.text("kernel/page.c").encode())
