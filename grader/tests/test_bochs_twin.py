# SPDX-License-Identifier: MIT
"""A machine that was copied where its boot sector began ends as one does that began by
itself: to the instruction, and to the last register."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_kernel
from conftest import ROOT
from tiny_kernel import TinyKernel

from h4 import bochs, bochs_twin, image
from h4.bochs_debugger import Debugger, Stop
from h4.emulator import BootRequest, BootResult, Ending, boot
from h4.errors import GraderError

LIMIT = 1_000_000


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> TinyKernel:
    return tiny_kernel.build(tmp_path_factory.mktemp("tiny"))


def by_itself(request: BootRequest, monkeypatch: pytest.MonkeyPatch) -> BootResult:
    """The same disk, in a Bochs of its own."""

    def nothing_known_of_it(request: BootRequest, directory: Path) -> bool:
        assert image.disk_for(request, directory)
        return False

    with monkeypatch.context() as patch:
        patch.setattr(bochs, "disk_for", nothing_known_of_it)
        return boot(request)


@pytest.mark.parametrize(
    "what",
    [
        "good", "hang", "begin", "cli_hlt", "sti_hlt", "triple", "flood1", "overrun",
        "keyboard_reset", "off",
    ],
)  # fmt: skip
def test_it_ends_alike(
    kernel: TinyKernel, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = kernel.request(tmp_path, what, LIMIT, direct=True)
    twin = boot(request)
    alone = by_itself(request, monkeypatch)
    if what in ("flood1", "sti_hlt"):  # nobody counts until these are noticed
        for result in (twin, alone):
            result.ticks, result.com1 = None, result.com1[:1000]
            result.registers, result.detail = {}, ""
    if what == "keyboard_reset":  # it boots again until it is noticed
        twin.com1, alone.com1 = (one.com1.partition(b"\n")[0] for one in (twin, alone))
    assert twin == alone
    assert twin.ending != Ending.EMULATOR_FAILED and twin.com1 and twin.com2
    assert list(tmp_path.iterdir()) == []


def test_they_know_nothing_of_each_other(kernel: TinyKernel, tmp_path: Path) -> None:
    """Side by side, with other arguments and other sizes of memory."""
    requests = [
        replace(
            kernel.request(tmp_path, f"good{n}", direct=True), megabytes=16 << n % 2
        )
        for n in range(8)
    ]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(boot, requests))
    assert [result.com1 for result in results] == [
        f"good{n}\n".encode() for n in range(8)
    ]
    assert len({result.ticks for result in results[::2]}) == 1


@pytest.mark.parametrize("direct", [True, False])
def test_no_machine_sees_the_clock(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, direct: bool
) -> None:
    """This machine's: whenever a timer fires that goes by it, the guest's are moved."""
    resume = Debugger.resume
    said: list[bytes] = []

    def asks(debugger: Debugger) -> Stop:
        stop = resume(debugger)
        said.append(debugger.command('show "virt_timer"'))
        return stop

    monkeypatch.setattr(Debugger, "resume", asks)
    boot(kernel.request(tmp_path, "hang", LIMIT, direct=direct))
    assert said
    assert {b" total_real_usec = 0\n" in one for one in said} == {True}


def test_what_grub_boots_begins_by_itself(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(bochs_twin, "original", nobody)
    assert boot(kernel.request(tmp_path, "x")).ending == Ending.POWER_OFF


def test_one_that_is_gone_is_named(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bochs_twin, "_originals", {})
    request = kernel.request(tmp_path, "x", direct=True)
    boot(request)
    (original,) = bochs_twin._originals.values()
    original.process.kill()
    original.process.wait()
    with pytest.raises(GraderError, match="copied for each boot ended"):
        boot(request)


LEAVES_A_TWIN = """
import sys
sys.path[:0] = ["grader", "grader/tests"]
from pathlib import Path
from threading import Thread
import tiny_kernel
from h4 import bochs_twin
from h4.emulator import boot
place = Path(sys.argv[1])
kernel = tiny_kernel.build(place)
Thread(target=boot, args=[kernel.request(place, "hang", 10**10, direct=True)]).start()
while not list(place.glob("boot-*/com2.txt")):
    pass
(original,) = bochs_twin._originals.values()
pid = original.process.pid
print(pid, Path(f"/proc/{pid}/task/{pid}/children").read_text(), flush=True)
sys.stdin.read()
"""


def test_none_outlives_the_grader(tmp_path: Path) -> None:
    """Not even one that is killed and cannot clear up."""
    with subprocess.Popen(
        [sys.executable, "-c", LEAVES_A_TWIN, str(tmp_path)],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as grader:
        assert grader.stdout
        pids = [int(word) for word in grader.stdout.readline().split()]
        assert len(pids) == 2
        handles = [os.pidfd_open(pid) for pid in pids]
        grader.send_signal(signal.SIGKILL)
    for handle in handles:
        assert select.select([handle], [], [], 60)[0]
        os.close(handle)
