# SPDX-License-Identifier: MIT
"""What several processes want is made once."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conftest import ROOT

from h4.turns import FILE, Turn

HOLDER = """
import sys, pathlib
sys.path.insert(0, sys.argv[1])
from h4.turns import Turn
with Turn(pathlib.Path(sys.argv[2]), "one"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_what_many_want_is_made_once(tmp_path: Path) -> None:
    made: list[int] = []
    at_once = threading.Barrier(8)

    def want(who: int) -> None:
        at_once.wait()
        with Turn(tmp_path, "one"):
            if not made:
                threading.Event().wait(0.05)  # the others come to the door
                made.append(who)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(want, range(8)))
    assert len(made) == 1


def test_another_name_waits_for_nobody(tmp_path: Path) -> None:
    with Turn(tmp_path, "one"), Turn(tmp_path, "other"):
        pass


def test_who_is_killed_lets_go(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(ROOT / "grader"), str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        passed = threading.Event()

        def wait() -> None:
            with Turn(tmp_path, "one"):
                passed.set()

        waiting = threading.Thread(target=wait)
        waiting.start()
        assert not passed.wait(0.05)
        holder.kill()
        waiting.join()
    assert passed.is_set()


def test_without_locks_it_goes_on(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()  # cannot be opened, and so not be locked
    with Turn(tmp_path, "one"), Turn(tmp_path, "one"):
        pass
