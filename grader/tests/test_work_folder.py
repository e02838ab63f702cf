# SPDX-License-Identifier: MIT
"""A grader's temporary folders: what a killed one left behind goes with the next one, what
a living one uses stays."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ROOT

from h4 import work_folder

WAITS = """
import sys
from h4.work_folder import work_folder
with work_folder("boot-") as name:
    print(name, flush=True)
    sys.stdin.read()
"""
GRADE = [ROOT / "grader/grade", "grade", "--lab", "0", "--test", "backtrace"]


def around(folder: Path) -> dict[str, str]:
    return os.environ | {"TMPDIR": str(folder), "PYTHONPATH": str(ROOT / "grader")}


@contextmanager
def process(place: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """One that has a temporary folder there, and waits."""
    with subprocess.Popen(
        [sys.executable, "-c", WAITS], env=around(place), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as one:  # fmt: skip
        assert one.stdout
        yield one, Path(one.stdout.readline().strip())
        if one.poll() is None:
            one.communicate("")


def folders(place: Path) -> set[Path]:
    return set(place.glob(f"{work_folder.PREFIX}*"))


def test_what_the_killed_left_goes_and_what_the_living_use_stays(tmp_path: Path) -> None:
    with process(tmp_path) as (living, used), process(tmp_path) as (killed, left):
        (left / "disk.img").write_bytes(b"x")
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert left.is_dir() and len(folders(tmp_path)) == 2
        with process(tmp_path) as (_, another):
            assert not left.parent.exists()
            assert used.is_dir() and another.is_dir() and len(folders(tmp_path)) == 2
        assert folders(tmp_path) == {used.parent}
    assert list(tmp_path.iterdir()) == []


def killed_in_its_boot(place: Path) -> bool:
    """Of a grader that is killed while its machine runs: whether it was, and has left its
    folder behind. Where this process is late it has ended by itself."""
    with subprocess.Popen(
        GRADE, env=around(place), stdout=subprocess.DEVNULL, start_new_session=True
    ) as one:
        while not (booted := list(place.glob(f"{work_folder.PREFIX}*/boot-*"))):
            if one.poll() is not None:
                return False
            time.sleep(0.01)
        os.killpg(one.pid, signal.SIGKILL)
    return booted[0].is_dir()


def test_the_next_grader_tidies_up_after_one_that_was_killed(tmp_path: Path) -> None:
    left = any(killed_in_its_boot(tmp_path) for _ in range(20))
    assert left, "each ended before it was killed"
    with process(tmp_path) as (_, used):
        subprocess.run(GRADE, env=around(tmp_path), check=True, capture_output=True)
        assert list(tmp_path.iterdir()) == [used.parent]


def test_what_is_not_ones_own_is_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    (tmp_path / f"{work_folder.PREFIX}link").symlink_to(elsewhere)
    (tmp_path / f"{work_folder.PREFIX}file").touch()
    (tmp_path / "other-folder").mkdir()
    before = set(tmp_path.iterdir())
    work_folder._remove_left_over(tmp_path)
    assert set(tmp_path.iterdir()) == before and (elsewhere / "kept").exists()


def test_nothing_of_another_user_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / f"{work_folder.PREFIX}left"
    left.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 12345)
        work_folder._remove_left_over(tmp_path)
        assert left.exists()
    work_folder._remove_left_over(tmp_path)
    assert not left.exists()


@pytest.mark.parametrize("gone", [True, False], ids=["removed", "held"])
def test_a_folder_that_is_taken_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    """As by another grader that takes it for left over: it has removed it, or is about
    to."""
    locked = work_folder._locked
    taken: list[Path] = []

    def late(descriptor: int) -> bool:
        if taken:
            return locked(descriptor)
        taken.extend(folders(tmp_path))
        if gone:
            shutil.rmtree(taken[0])
        return gone and locked(descriptor)

    monkeypatch.setattr(work_folder, "_locked", late)
    made = work_folder._make(tmp_path)
    assert made.is_dir() and [made] != taken
