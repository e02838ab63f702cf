# SPDX-License-Identifier: MIT
"""The tree of a stage in which an exercise file is compiled, with more behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from h4.build import DEBUG, FLAGS, WARNINGS, Builder
from h4.course import Course
from h4.stage import Recipe, StageBuilder
from h4.untrusted import compile_untrusted

FILE, ASSEMBLY = "kernel/flexpage.c", "h/entry.S"
ALL_FLAGS = [*FLAGS, *DEBUG, *WARNINGS]
SECRET = "nobody is told these words"


@pytest.fixture(scope="module")
def tree(
    builder: StageBuilder, course: Course, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The tree of a stage with an assembly exercise, laid out, and beside it a file that
    is none of anybody's business."""
    folder = tmp_path_factory.mktemp("stage")
    maker = Builder(builder.build / "objects", jobs=1)
    builder.lay_out(course.lab(4), Recipe(), maker, folder)
    (folder / "secret.txt").write_text(SECRET + "\n")
    (folder.parent / "outside.h").write_text(f'#warning "{SECRET}"\n')
    return folder


@pytest.fixture(autouse=True)
def put_back(tree: Path, course: Course) -> Iterator[None]:
    yield
    for path in (FILE, ASSEMBLY):
        (tree / path).write_text(course.text(path))


def compiled(tree: Path, text: str | bytes, compiler: str, path: str = FILE) -> str:
    """Compiles the course's file with this behind it; returns the warnings."""
    more = text.encode() if isinstance(text, str) else text
    with (tree / path).open("ab") as file:
        file.write(b"\n" + more)
    return compile_untrusted(compiler, path, tree / "out.o", ALL_FLAGS, tree)
