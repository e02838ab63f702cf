# SPDX-License-Identifier: MIT
"""A guest's time is its own; in QEMU also while it is asked whether it sleeps for ever."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import tiny_kernel
from tiny_kernel import TinyKernel

from h4 import qemu
from h4.emulator import Ending, boot
from h4.snapshot import Moment


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> TinyKernel:
    return tiny_kernel.build(tmp_path_factory.mktemp("tiny"))


@pytest.mark.parametrize("emulator", ["bochs", "qemu"])
def test_a_guests_time_is_not_this_machines(
    kernel: TinyKernel, tmp_path: Path, emulator: str
) -> None:
    """It goes by instructions, to the last one, and nobody waits for a timer."""
    request = kernel.request(tmp_path, "time", 20_000_000)
    first, second = (boot(request, emulator) for _ in range(2))
    assert first.ending == second.ending == Ending.POWER_OFF, first.detail
    assert first.com1 == second.com1
    worked, slept = (int(number, 16) for number in first.com1.split()[1:])
    assert worked > 1_000_000 and slept > 900_000


@pytest.mark.parametrize("watched", [False, True], ids=["alone", "watched"])
def test_a_guest_that_was_asked_goes_on(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, watched: bool
) -> None:
    """It is stopped for that all the time, wherever it is, and takes no longer."""
    request = kernel.request(tmp_path, "time", direct=True)
    alone = boot(request, "qemu")
    assert alone.ending == Ending.POWER_OFF, alone.detail

    seen: list[Moment] = []
    asks: Counter[str] = Counter()
    ask = qemu.Control.ask

    def counted(control: qemu.Control, what: str, **arguments: str) -> Any:
        asks[what] += 1
        # Once it comes to a breakpoint just before that.
        while watched and what == "stop" and asks[what] == 2:
            if ask(control, "query-status")["status"] == "debug":
                break
        return ask(control, what, **arguments)

    # Each guest seems to sleep, and may wake up.
    monkeypatch.setattr(qemu, "HALT", SimpleNamespace(search=lambda text: True))
    monkeypatch.setattr(qemu, "INTERRUPTS", ~0)
    monkeypatch.setattr(qemu, "can_wake", lambda text: True)
    monkeypatch.setattr(qemu, "ASK_AFTER", 0)
    monkeypatch.setattr(qemu, "POLL", 0.001)
    monkeypatch.setattr(qemu.Control, "ask", counted)
    if watched:
        watch = SimpleNamespace(look=lambda moment, *_: not seen.append(moment))
        request = replace(request, watch=watch)
    each = [Moment.BEGIN, Moment.END] * len(request.limits)
    for _ in range(20):
        seen.clear()
        asked = boot(request, "qemu")
        assert asked.ending == Ending.POWER_OFF, asked.detail
        assert (asked.com1, asked.com2) == (alone.com1, alone.com2)
        assert seen == (each if watched else [])
        if asks["stop"] > 5:
            break
    else:
        pytest.fail("it was never asked")
