# SPDX-License-Identifier: MIT
"""What a message consists of, from one thread's instruction to the other one's.

A message of `pingpong` is followed instruction by instruction (steps.py), from the
beginning of the loop in the one thread to the beginning of the same loop in the other.
Each instruction belongs to the phase of its function. The compiler puts functions into
others, so a place in the kernel may have several functions, the innermost one first;
what is in none of the table belongs to the phase of whoever has called it.

    phase        what it is                               dissertation, 8.1.1
    user         the loop, the stub in the KIP            overhead
    entry        SYSENTER, registers into the context     overhead
    call         what the arguments say, may it be        send rendezvous
    lookup       from IDs to threads                      send rendezvous
    rendezvous   does the partner wait, both threads'     send rendezvous, thread
                 new states, receiving in turn            restart, receive phase
    transfer     words, tag, name of the sender           transfer message, untyped
    schedule     the ready threads, who is next           scheduling loop
    exit         H's checks, address space, registers     overhead
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from h4.errors import GraderError
from h4.steps import Step, cr3_loads, invalidations, kernel_entries, msr_writes
from h4.steps import segment_loads

PHASES = (
    "user", "entry", "call", "lookup", "rendezvous", "transfer", "schedule", "exit",
)  # fmt: skip
# Of the dissertation's phases, which ones are within some of these.
TOGETHER = (
    (("user", "entry", "exit"), ("OH",)),
    (("call", "lookup", "rendezvous"), ("SR", "Rst.", "Rcv.")),
    (("transfer",), ("TM", "TU")),
    (("schedule",), ("Sch.",)),
    ((), ("GC",)),
)
COUNTS: dict[str, Callable[[Sequence[Step]], int]] = {
    "kernel_entries": kernel_entries,
    "cr3_loads": cr3_loads,
    "segment_loads": segment_loads,
    "msr_writes": msr_writes,
    "invlpg": invalidations,
}

_FUNCTIONS = {
    "entry": ("sysenter_entry", "run_sysenter"),
    "call": ("ipc_called", "call_ipc", "ipc_address"),
    "lookup": ("find", "thread_find", "thread_named", "utcb_find"),
    "rendezvous": (
        "waits_for", "finds_nobody", "send", "ring_put_in", "ring_take_out",
        "ring_join", "ring_leave", "ipc_send", "ipc_fits", "ipc_deliver", "ipc_sent",
        "ipc_receive", "ipc_look", "find_sender", "wait_for_sender", "thread_ready",
        "thread_block", "timeout_begin", "timeout_remove",
    ),
    "transfer": (
        "transfer_message", "transfer_untyped", "copy_buffer", "give", "tag_untyped",
        "thread_name",
    ),
    "schedule": (
        "schedule", "choose", "ready_is", "ready_first", "ready_add", "ready_remove",
        "ready_replace", "ready_last", "ready_settle", "slice_is_favoured",
        "slice_favoured",
    ),
    "exit": (
        "h_run", "run_any", "h_handoff", "handoff_any", "go", "go_short", "run_enter",
        "enter_user", "run_sysexit",
    ),
}  # fmt: skip
PHASE_OF = {name: phase for phase, names in _FUNCTIONS.items() for name in names}

# CALL by a distance, or by an address in memory or a register; RET.
_CALL = re.compile(
    rb"\xe8|[\x2e\x36\x3e\x26]?\xff[\x10-\x17\x50-\x57\x90-\x97\xd0-\xd7]"
)
_RETURN = re.compile(rb"\xc3|\xc2")


@dataclass(frozen=True)
class Message:
    """What is known of one message."""

    phases: dict[str, int]  # instructions
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.phases.values())


def mean(there: Message, back: Message) -> Message:
    """Half of a round: the one thread may have another way to go than the other one,
    as a third one waits for it too."""

    def half(a: dict[str, int], b: dict[str, int]) -> dict[str, int]:
        return {name: (a[name] + b[name] + 1) // 2 for name in a}

    return Message(half(there.phases, back.phases), half(there.counts, back.counts))


def functions(image: Path, addresses: Sequence[int]) -> dict[int, list[str]]:
    """The functions that each place in the kernel belongs to, the innermost first."""
    wanted = sorted(set(addresses))
    if not wanted:
        return {}
    try:
        text = subprocess.run(
            ["addr2line", "-a", "-f", "-i", "-e", str(image), *map(hex, wanted)],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.CalledProcessError) as reason:
        raise GraderError(f"addr2line cannot read {image}: {reason}") from None
    return read_functions(text)


def read_functions(text: str) -> dict[int, list[str]]:
    """What addr2line has said: an address; a name and a line for each function."""
    found: dict[int, list[str]] = {}
    names: list[str] = []
    is_name = True
    for line in text.splitlines():
        if line.startswith("0x"):
            names = found.setdefault(int(line, 16), [])
            is_name = True
            continue
        if is_name:
            names.append(line)
        is_name = not is_name
    return found


def message_of(steps: Sequence[Step], at: dict[int, list[str]]) -> Message:
    """The phases of a message, and what else is counted; `at` says the functions."""
    phases = dict.fromkeys(PHASES, 0)
    callers: list[str] = []
    for step, after in zip(steps, [*steps[1:], None]):
        phase = "user"
        if not step.in_ring_3:
            names = (PHASE_OF.get(name) for name in at.get(step.address, ()))
            caller = callers[-1] if callers else "entry"
            phase = next(filter(None, names), caller)
            if _CALL.match(step.code):
                callers.append(phase)
            elif _RETURN.match(step.code) and callers:
                callers.pop()
        # A repeated instruction is one step of several ticks.
        phases[phase] += after.tick - step.tick if after else 1
    return Message(phases, {name: count(steps) for name, count in COUNTS.items()})
