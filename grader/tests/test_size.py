# SPDX-License-Identifier: MIT
"""What `make size` counts: lines as they are built, bytes as they are linked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import ROOT
from elftools.elf.elffile import ELFFile

from h4.cli import main as command
from h4.course import Course
from h4.manifest_rules import SOURCES
from h4.measure import lab_to_measure
from h4.size import (
    CHECKS, ENVIRONMENT_PARTS, FOLDERS, KINDS, MACHINES, code_lines, environment_bytes,
    measure, object_bytes,
)  # fmt: skip
from h4.stage import Recipe, StageBuilder
from h4.submission import listing

LINES = {
    "": 0,
    "int a;": 1,
    "\n\nint a;\n \t\nint b;\n": 2,
    "// words\nint a; // words\n": 1,
    "/* words\n * and more\n */\nint a;\n": 1,
    "int /* words */ a;\n": 1,
    "int a; /* begins\nends */ int b;\n": 2,
    'char *a = "// no comment";\nchar *b = "/*";\nchar c = \'"\'; // */\n': 3,
    'char *a = "\\"/*";\nint b;\n': 2,
    "#ifdef H_ON_HOST\nint host;\n#else\nint kernel;\n#endif\nint both;\n": 2,
    "#ifdef H_ON_HOST\nint host;\n#endif\nint both;\n": 1,
    "#ifdef OTHER\nint a;\n#endif\n": 3,
}


@pytest.mark.parametrize("text", LINES)
def test_lines_are_those_that_are_compiled(text: str) -> None:
    assert code_lines(text) == LINES[text]


def test_every_line_of_the_kernel_is_counted_once(course: Course) -> None:
    found = measure(ROOT)
    every = [path for folder in FOLDERS for path in listing(
        ROOT, folder, (*SOURCES, ".h"))]  # fmt: skip
    assert CHECKS <= set(every)
    every = [path for path in every if path not in course.manifest.stand_ins]
    assert not [path for path in every if "tests" in path]
    lines = {path: code_lines(course.solved(path)) for path in every}
    assert found["checks_lines"] == sum(lines[path] for path in CHECKS)
    assert found["l4_lines"] == sum(n for path, n in lines.items() if path[:3] == "l4/")
    assert found["trusted_lines"] + found["checks_lines"] + found["l4_lines"] == sum(
        lines.values()
    )
    assert found["trusted_lines"] == found["kernel_lines"] + found["h_lines"]
    # The text is the solved one: neither the marks nor what stands for a solution.
    assert all("H4_TODO" not in course.solved(path) for path in course.exercise_files)


def test_bytes_are_those_of_the_linked_stage(
    course: Course, builder: StageBuilder
) -> None:
    """All objects together are the image, but for what aligns them and for strings
    that are alike. Of these the tests have many, and the measuring stage few."""
    lab, recipe = lab_to_measure(course), Recipe(name="measure")
    sums = dict.fromkeys(KINDS, 0)
    for path in builder.objects(lab, recipe).values():
        for kind, size in object_bytes(path).items():
            sums[kind] += size
    stage = builder.stage(lab, recipe)
    assert stage.path
    with stage.path.open("rb") as stream:
        elf = ELFFile(stream)
        linked = {
            kind: elf.get_section_by_name(f".{kind}")["sh_size"] for kind in KINDS
        }
    linked["rodata"] += 8 * len(stage.image.tests)  # a section of its own
    for kind in KINDS:
        assert sums[kind] == pytest.approx(linked[kind], rel=0.1), kind


def test_the_image_is_small(builder: StageBuilder) -> None:
    found = measure(ROOT, builder)
    assert 10_000 < found["image_bytes"] < 160 << 10


def test_environment_is_what_the_kernel_plans() -> None:
    found = environment_bytes(ROOT)
    assert tuple(found) == MACHINES
    for megabytes, parts in found.items():
        assert set(parts) == set(ENVIRONMENT_PARTS)
        assert parts["all"] == sum(parts.values()) - parts["all"]
        # A twelfth of memory for the client, and less than that for H.
        assert parts["heap"] == pytest.approx((megabytes << 20) / 12, rel=0.1) or (
            parts["heap"] == 16 << 20
        )
        assert parts["all"] - parts["heap"] < parts["heap"]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "size.json"
    assert command(["size", "--json", str(out)]) == 0
    numbers = json.loads(out.read_text())
    assert numbers == measure(ROOT)
    shown = capsys.readouterr().out
    assert f"{numbers['trusted_lines']:,}" in shown
    assert f"{numbers['l4_lines']:,}" in shown
    assert f"{numbers['environment_bytes'] // 1024:,}" in shown
