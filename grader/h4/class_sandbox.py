# SPDX-License-Identifier: MIT
"""One submission's own confinement: what reads, builds and boots it runs in namespaces
of its own, made by bubblewrap.

It sees the system's programs, the course and what was built of it, all of them read
only, its own submission, and an empty file system in memory with a limit. There is no
network, no other process, and nothing that it writes is left afterwards: its answer
comes through a pipe. What its processes use together is looked at several times a
second; beyond a limit all of them end. Limits on time are of processor time, so that a
busy machine stops nobody; only what does nothing at all is stopped by the clock.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from h4.class_watch import Ended, Limits, watched
from h4.errors import GraderError

COURSE, SUBMISSION, WORK = "/course", "/submission", "/own"
_SYSTEM = ("/usr", "/etc/alternatives", "/etc/ld.so.cache")
_LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")  # to /usr, as Debian has them


@dataclass(frozen=True)
class View:
    """What is seen besides the system.

    build      what was built of the course
    writable   may that be added to? For the course's own work alone.
    entry      the submission, a file or folder; it is opened without following a link
    """

    course: Path
    build: Path
    writable: bool = False
    entry: Path | None = None


def unavailable() -> str:
    """Why nothing can be confined on this machine; empty: it can."""
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed; `make deps` installs it"
    done = subprocess.run(
        [*_namespaces(), *_system(), "/usr/bin/true"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        return f"bubblewrap cannot make namespaces here: {done.stderr.strip()[-300:]}"
    return ""


def _namespaces() -> list[str]:
    return [
        "bwrap", "--unshare-all", "--unshare-user", "--die-with-parent", "--new-session",
        "--cap-drop", "ALL", "--clearenv", "--hostname", "h4",
    ]  # fmt: skip


def _system() -> list[str]:
    words: list[str] = []
    for path in _SYSTEM:
        words += ["--ro-bind-try", path, path]
    for name in _LINKS:
        if Path("/", name).is_symlink():
            words += ["--symlink", f"usr/{name}", f"/{name}"]
        else:
            words += ["--ro-bind-try", f"/{name}", f"/{name}"]
    return [*words, "--proc", "/proc", "--dev", "/dev"]


def environment(work: str) -> dict[str, str]:
    """All that a confined process finds in its environment."""
    return {
        "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "TZ": "UTC",
        "HOME": work, "TMPDIR": f"{work}/tmp", "PYTHONPATH": f"{COURSE}/grader",
        "PYTHONPYCACHEPREFIX": f"{COURSE}/build/pycache",
    }  # fmt: skip


def confined(view: View, limits: Limits, entry: int | None) -> list[str]:
    """The words in front of a command. `entry`: the submission, opened."""
    bind = "--bind" if view.writable else "--ro-bind"
    words = [
        *_namespaces(), *_system(),
        "--ro-bind", str(view.course), COURSE,
        bind, str(view.build), f"{COURSE}/build",
        "--size", str(limits.disk), "--tmpfs", WORK,
        "--dir", f"{WORK}/tmp", "--symlink", f"{WORK}/tmp", "/tmp",
    ]  # fmt: skip
    if entry is not None:
        words += ["--ro-bind-fd", str(entry), SUBMISSION]
    for name, value in environment(WORK).items():
        words += ["--setenv", name, value]
    return [*words, "--chdir", WORK, "--", *_rlimits(limits)]


def _rlimits(limits: Limits) -> list[str]:
    """Fences for each process, should a look come late."""
    return [
        "prlimit", f"--as={limits.memory}", f"--fsize={limits.disk}", "--core=0",
        f"--cpu={int(limits.seconds) + 60}", "--",
    ]  # fmt: skip


def run(
    command: Sequence[str], view: View, limits: Limits, told: bytes = b"",
    over: threading.Event | None = None,
) -> Ended:  # fmt: skip
    """Runs a command in its confinement; `told` comes on its standard input. It is
    stopped, too, when `over` is set."""
    place = view.course / "build"  # where it sees its own; the course is read-only there
    try:
        place.mkdir(exist_ok=True)
    except OSError as error:
        raise GraderError(f"{place}: {error.strerror}") from error
    entry = None
    if view.entry is not None:
        try:
            entry = os.open(view.entry, os.O_PATH | os.O_NOFOLLOW)
        except OSError as error:
            raise GraderError(f"{view.entry}: {error.strerror}") from error
    try:
        passed = () if entry is None else (entry,)
        words = [*confined(view, limits, entry), *command]
        return watched(words, limits, told, over, passed)
    finally:
        if entry is not None:
            os.close(entry)


def run_unconfined(
    command: Sequence[str], work: Path, limits: Limits, told: bytes, course: Path,
    over: threading.Event | None = None,
) -> Ended:  # fmt: skip
    """The same without namespaces: for machines that have none, if the instructor says
    so. The limits hold all the same."""
    (work / "tmp").mkdir(parents=True, exist_ok=True)
    own = environment(str(work)) | {"PYTHONPATH": f"{course}/grader"}
    own["PYTHONPYCACHEPREFIX"] = f"{course}/build/class/pycache"
    before = ["setpriv", "--pdeathsig", "KILL", "--", *_rlimits(limits)]
    return watched([*before, *command], limits, told, over, (), own, work)
