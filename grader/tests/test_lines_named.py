# SPDX-License-Identifier: MIT
"""A backtrace names files as they are in the tree, and an image is the same wherever it was
built: no folder of the build's is in it."""

from __future__ import annotations

import pytest
from conftest import ROOT

from h4.compiling import COMPILERS
from h4.stage import Recipe, StageBuilder


@pytest.mark.parametrize("compiler", COMPILERS)
def test_lines_are_of_files_of_the_tree(builder: StageBuilder, compiler: str) -> None:
    """Of C and assembly, the course's and a student's."""
    text = builder.course.solved("h/entry.S") + "// more\n"
    recipe = Recipe(texts={"h/entry.S": text}, jobs=1, compiler=compiler)
    stage = builder.stage(builder.course.lab(4), recipe)
    image = stage.image
    names = ("trap_entry_0", "enter_user", "leave_user", "h_init", "context_force")
    places = image.places([image.address(name) for name in names])
    assert [place.file for place in places] == [
        "kernel/traps.S", "h/entry.S", "h/entry.S", "h/init.c", "h/context.c",
    ]  # fmt: skip
    assert all(place.line for place in places)
    assert b"/stage-" not in image.path.read_bytes()
    assert bytes(ROOT) not in image.path.read_bytes()
