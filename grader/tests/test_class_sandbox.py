# SPDX-License-Identifier: MIT
"""What a submission can reach and use, seen from inside its confinement."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ROOT

from h4 import class_watch
from h4.class_sandbox import View, run, run_unconfined, unavailable
from h4.class_watch import Ended, Limits

PYTHON = ["/usr/bin/python3", "-c"]
SMALL = Limits(seconds=0.5, memory=600 << 20, processes=20, disk=64 << 20)
no_namespaces = unavailable()
confined_only = pytest.mark.skipif(
    bool(no_namespaces) and "not installed" not in no_namespaces, reason=no_namespaces
)


@pytest.fixture
def view(tmp_path: Path) -> View:
    for name in ("build", "mine", "theirs"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    return View(ROOT, tmp_path / "build", entry=tmp_path / "mine")


def inside(view: View, code: str, limits: Limits = replace(SMALL, seconds=60)) -> Ended:
    return run([*PYTHON, code], view, limits)


@confined_only
def test_what_is_seen(view: View) -> None:
    code = f"""
import json, os, pathlib, socket
def tried(what):
    try:
        return str(what())
    except OSError as error:
        return error.strerror
found = dict(
    top=sorted(os.listdir("/")),
    mine=tried(lambda: open("/submission/file").read()),
    theirs=tried(lambda: open({str(view.entry.parent / 'theirs/file')!r}).read()),
    course=tried(lambda: open("/course/Makefile").read(1)),
    write_course=tried(lambda: open("/course/Makefile", "a")),
    write_build=tried(lambda: open("/course/build/new", "w")),
    write_mine=tried(lambda: open("/submission/new", "w")),
    write_system=tried(lambda: open("/usr/new", "w")),
    write_work=tried(lambda: open("/own/new", "w").write("12")),
    network=tried(lambda: socket.create_connection(("127.0.0.1", 22), 1)),
    interfaces=sorted(os.listdir("/sys/class/net")) if os.path.isdir("/sys") else [],
    processes=len([p for p in os.listdir("/proc") if p.isdigit()]),
    environment=sorted(os.environ),
    parent_killed=tried(lambda: os.kill({os.getpid()}, 0)),
    become_root=tried(lambda: os.chown("/own", 1, 1)),
)
print(json.dumps(found))
"""
    found = json.loads(inside(view, code).output)
    readonly = "Read-only file system"
    assert found.pop("processes") <= 4
    assert not {"HOSTNAME", "USER", "SSH_AUTH_SOCK"} & set(found.pop("environment"))
    assert not set(found.pop("top")) & {"root", "home", "var", "sys", "opt", "srv", "mnt"}
    assert found.pop("network") in ("Connection refused", "Network is unreachable")
    assert found == {
        "mine": "mine",
        "theirs": "No such file or directory",
        "course": "#",
        "write_course": readonly,
        "write_build": readonly,
        "write_mine": readonly,
        "write_system": readonly,
        "write_work": "2",
        "interfaces": [],
        "parent_killed": "No such process",
        "become_root": "Invalid argument",
    }


@confined_only
def test_only_the_course_adds_to_what_was_built(view: View) -> None:
    code = 'open("/course/build/new", "w").write("x")'
    assert inside(view, code).status == 1
    assert inside(replace(view, writable=True, entry=None), code).status == 0
    assert (view.build / "new").read_text() == "x"


FORKS = """
import os, time
for _ in range(60):
    if os.fork() == 0:
        time.sleep(60)
time.sleep(60)
"""
HARMS = {
    "spins": ("while True: pass", "more than 0.5 s of processor time"),
    "spins in many": (
        "import os\nfor _ in range(3): os.fork()\nwhile True: pass", "more than 0.5 s of"
    ),
    "forks": (FORKS, "more than 20 processes"),
    "takes memory in many": (
        "import os, time\nfor _ in range(3): os.fork()\nx = bytearray(400 << 20)\n"
        "for i in range(0, len(x), 4096): x[i] = 1\ntime.sleep(60)",
        "more than 600 MB of memory",
    ),
    "sleeps": ("import time\ntime.sleep(600)", "did nothing for 2 s"),
    "babbles": ("while True: print('x' * 1000000)", "its answer has more than"),
}


@confined_only
@pytest.mark.parametrize("name", HARMS)
def test_limits(view: View, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_watch, "MOST_OUTPUT", 1 << 20)
    code, words = HARMS[name]
    idle = 2 if name == "sleeps" else 300
    ended = inside(view, code, replace(SMALL, seconds=0.5 if "spins" in name else 60, idle=idle))
    assert words in ended.stopped
    assert ended.status == -9


@confined_only
def test_limits_of_one_process(view: View) -> None:
    ended = inside(view, "x = bytearray(1 << 30)")
    assert not ended.stopped and "MemoryError" in ended.said
    ended = inside(view, "f = open('f', 'w')\nwhile True: f.write('x' * 100000); f.flush()")
    assert not ended.stopped and ended.status != 0
    code = "[open(f'{i}', 'w').write('x' * 30000000) for i in range(9)]"
    assert "No space left on device" in inside(view, code).said


@confined_only
def test_ends_with_its_parent_and_when_told(view: View) -> None:
    over = threading.Event()
    over.set()
    ended = run([*PYTHON, "while True: pass"], view, Limits(), over=over)
    assert ended.stopped == "it was interrupted"


def test_limits_hold_without_namespaces(tmp_path: Path) -> None:
    code = f"import os\nopen({str(tmp_path / 'pids')!r}, 'a').write(f'{{os.fork()}} ')\n"
    code += "os.setsid() if os.getpid() != os.getpgid(0) else None\nwhile True: pass"
    limits = replace(SMALL, seconds=2)  # a slow host takes some of it until there are any
    ended = run_unconfined([*PYTHON, code], tmp_path, limits, b"", ROOT)
    assert "more than 2 s of processor time" in ended.stopped
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split() if pid != "0"]
    for _ in range(6000):  # they have been told; where the machine is busy they go later
        if not any(map(_is_running, pids)):
            break
        time.sleep(0.01)
    assert pids and not any(map(_is_running, pids))


def _is_running(pid: int) -> bool:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


def test_what_was_told_arrives(view: View) -> None:
    code = "import sys; sys.stdout.write(sys.stdin.read())"
    ended = run_unconfined([*PYTHON, code], view.build, SMALL, b"12" * 100_000, ROOT)
    assert ended.output == b"12" * 100_000 and ended.status == 0


def test_says_why_it_cannot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "not installed" in unavailable()
    bwrap = tmp_path / "bwrap"
    bwrap.write_text("#!/bin/sh\necho No permissions to create a namespace >&2\nexit 1\n")
    bwrap.chmod(0o755)
    assert "No permissions to create a namespace" in unavailable()


def test_who_stood_still_does_not_count_what_it_missed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of an hour in which this process itself was stopped little counts."""
    now = 0.0
    clock = SimpleNamespace(monotonic=lambda: now)
    monkeypatch.setattr(class_watch, "time", clock)
    # Nobody, so that no processor time is used.
    monkeypatch.setattr(class_watch._Watch, "_family", lambda watch: [])
    watch = class_watch._Watch(0, Limits(idle=23), looked=now)
    said = []
    for _ in range(5):
        now += 3600
        said.append(watch.look())
    assert said == [""] * 4 + ["it did nothing for 23 s"]
