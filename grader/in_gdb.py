# SPDX-License-Identifier: MIT
"""Runs inside of gdb, for `make debug TEST=name`: the command `h4-stopped TEST`.

A test that failed stops in the harness, some calls behind what matters. The
command shows the whole stack, and chooses the innermost frame that has a source
line and is neither the harness's nor the kernel's report: after a trap or a panic
the function that caused it, in a hang the one that is running, after a failed
expectation the test.
"""

from __future__ import annotations

from collections.abc import Iterator

import gdb
from gdb.unwinder import Unwinder, register_unwinder

# What reports: a frame in one of these is never what a person looks for.
REPORTS = (
    "grader/guest/", "kernel/include/", "kernel/traps.S", "kernel/fault.c",
    "kernel/report.c", "kernel/panic.c", "kernel/todo.c", "kernel/power.c",
)  # fmt: skip
TRAP = "trap_common"
# Where the processor has changed tasks.
TASKS = ("double_fault_entry", "nmi_entry", "machine_check_entry")
REGISTERS = ("eip", "esp", "ebp", "ebx", "esi", "edi")
ENDED = 3  # gdb's status when the machine is gone


def frames() -> Iterator[gdb.Frame]:
    """The stack, innermost first, as far as gdb can follow it."""
    frame = gdb.newest_frame()
    while frame is not None and frame.is_valid():
        yield frame
        try:
            frame = frame.older()
        except gdb.error:
            return


def file_of(frame: gdb.Frame) -> str:
    """The source file, from the tree's root on; empty where it is not known."""
    place = frame.find_sal()
    if place.symtab is None or not place.line:
        return ""
    return place.symtab.filename.removeprefix("./")


def telling_frame(test: str) -> gdb.Frame | None:
    """The frame to begin with; None where the stack is lost."""
    stack = list(frames())
    sources = [frame for frame in stack if file_of(frame)]
    own = [
        frame for frame in sources
        if frame.name() != TRAP and not file_of(frame).startswith(REPORTS)
    ]  # fmt: skip
    if not own:
        return None
    faulted = any(frame.name() in (TRAP, *TASKS) for frame in stack)
    if file_of(own[0]).startswith("labs/") and not faulted:
        # A test's helper compared: the test says what it was about.
        return next((f for f in own if f.name() == f"test_{test}"), own[0])
    return own[0]


def within(address: int, function: str) -> bool:
    """Whether the code there is the function's, or of what was inlined into it."""
    block = gdb.block_for_pc(address)
    while block is not None:
        if block.function is not None and block.function.name == function:
            return True
        block = block.superblock
    return False


class Tasks(Unwinder):
    """From where a task gate leads to the function that was interrupted.

    No debug information can say this: the processor has left the registers in
    the task's state, not on the stack.
    """

    def __init__(self) -> None:
        super().__init__("h4 tasks")

    def __call__(self, pending: gdb.PendingFrame) -> gdb.UnwindInfo | None:
        pc = pending.read_register("eip")
        before = int(pc) - 1  # the call, which may be a function's last instruction
        if before < 0 or not any(within(before, task) for task in TASKS):
            return None
        task = gdb.parse_and_eval("kernel_tss")
        here = pending.read_register("esp")
        found = pending.create_unwind_info(FrameId(here, pc))
        for name in REGISTERS:
            found.add_saved_register(
                name, task[name].cast(pending.read_register(name).type)
            )
        return found


class FrameId:
    """What gdb tells frames apart by."""

    def __init__(self, sp: gdb.Value, pc: gdb.Value) -> None:
        self.sp = sp
        self.pc = pc


class Stopped(gdb.Command):
    """h4-stopped TEST: show the stack, and the frame that matters."""

    def __init__(self) -> None:
        super().__init__("h4-stopped", gdb.COMMAND_STACK)

    def invoke(self, test: str, from_tty: bool) -> None:
        if gdb.selected_thread() is None:
            # There is nothing left to look at.
            gdb.execute(f"quit {ENDED}")
        gdb.execute("backtrace")
        if any(frame.type() == gdb.SIGTRAMP_FRAME for frame in frames()):
            gdb.write("<signal handler called>: here the processor trapped.\n")
        frame = telling_frame(test)
        if frame is not None:
            frame.select()
            gdb.execute("frame")


register_unwinder(None, Tasks())
Stopped()
