# SPDX-License-Identifier: MIT
"""Files are there whole or not at all, and nothing is left beside them for good: not by
who fails, who is killed, or several at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

from h4.errors import GraderError
from h4.whole_file import write_bytes, write_text

# Writes a file; killed where the file is to have its name.
KILLED = """
import os, signal, sys
from pathlib import Path
from h4 import whole_file
whole_file.os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
whole_file.write_text(Path(sys.argv[1]), "a long one that is not wanted any more")
"""
# Writes a file of one letter again and again.
MANY = """
import sys
from pathlib import Path
from h4.whole_file import write_text
for at in range(200):
    write_text(Path(sys.argv[1]), sys.argv[2] * (1000 + at))
"""


def started(program: str, *words: str) -> subprocess.Popen[bytes]:
    own = os.environ | {"PYTHONPATH": str(ROOT / "grader")}
    return subprocess.Popen([sys.executable, "-c", program, *words], env=own)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_a_killed_writer_leaves_the_next_one_takes_over(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    file.write_text("old")
    for _ in range(2):
        assert started(KILLED, str(file)).wait() == -signal.SIGKILL
        assert file.read_text() == "old"
        assert names(tmp_path) == [".result.json~", "result.json"]
    write_text(file, "new")
    assert names(tmp_path) == ["result.json"]
    assert file.read_text() == "new" and file.stat().st_mode & 0o777 == 0o644


def test_several_at_a_time_write_whole_files(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    write_text(file, "a")
    writers = [started(MANY, str(file), letter) for letter in "abc"]
    while any(writer.poll() is None for writer in writers):
        text = file.read_text()
        assert text == text[0] * len(text)
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert file.stat().st_size == 1199
    assert names(tmp_path) == ["result.json"]


def test_who_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(GraderError, match="JSON=.*/folder: Is a directory"):
        write_bytes(tmp_path / "folder", b"x", "JSON=")
    assert names(tmp_path) == ["folder"]


def test_what_stands_beside_is_no_way_to_elsewhere(tmp_path: Path) -> None:
    """A link there would have another file written over."""
    (tmp_path / "other").write_text("mine")
    (tmp_path / ".x~").symlink_to(tmp_path / "other")
    with pytest.raises(GraderError, match="x: "):
        write_text(tmp_path / "x", "new")
    assert (tmp_path / "other").read_text() == "mine"
