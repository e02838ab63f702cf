# SPDX-License-Identifier: MIT
"""Exceptions of the processor in words. Source: Intel SDM volume 3, 6.15."""

from __future__ import annotations

from h4.snapshot import KERNEL_BASE

VECTORS = {
    0: "divide error",
    1: "debug exception",
    2: "non-maskable interrupt",
    3: "breakpoint",
    4: "overflow",
    5: "bound range exceeded",
    6: "invalid opcode",
    7: "no coprocessor",
    8: "double fault",
    10: "invalid TSS",
    11: "segment not present",
    12: "stack fault",
    13: "general protection fault",
    14: "page fault",
    16: "x87 error",
    17: "alignment check",
    18: "machine check",
    19: "SIMD error",
}
INVALID_OPCODE, DOUBLE_FAULT, PAGE_FAULT = 6, 8, 14
NO_WAY_ON = (
    "compilers put one where a program does what C does not allow, such as the use of a "
    "null pointer or of an array beyond its end"
)
PAGE, FETCH = 4096, 16


def page_fault_words(code: int, address: int) -> str:
    """`a write to 0x00400010 (page 0x00400000), which is not mapped`"""
    what = "fetching an instruction from" if code & FETCH else (
        "a write to" if code & 2 else "a read of"
    )
    why = "which the tables do not allow" if code & 1 else "which is not mapped"
    if code & 8:
        why = "where a reserved bit of an entry is set"
    ring = " by user code" if code & 4 else ""
    page = address & -PAGE
    null = ", a null pointer" if address < PAGE else ""
    return f"{what} 0x{address:08x}{ring} (page 0x{page:08x}{null}), {why}"


FULL = (
    "the kernel's stack is full, of {} KB: functions that call each other without end, or "
    "large local variables"
)
NO_STACK = (
    "an exception came, and the processor could not begin its handler: as a rule the stack "
    "is none, %esp or, where a program ran, ESP0 of the task state"
)

WRONG_RING = (
    "a program's address, but the processor was in ring 0 there: RET and JMP leave the ring "
    "as it is, and IRET takes it from the CS that it finds on the stack"
)


def in_kernels_ring(eip: int, cs: int) -> bool:
    """Was the kernel's code segment in use where only programs are? `cs`: 0 where it is
    not known."""
    return eip < KERNEL_BASE and cs != 0 and not cs & 3


def advice(vector: int, code: int, address: int, megabytes: int, stack: range) -> str:
    """What the last fault's address, or its kind, looks like; may be empty.

    megabytes  of memory that the machine has
    stack      the addresses of the kernel's stack, below which there is a guard page
    """
    if vector == DOUBLE_FAULT:
        full = stack.start - PAGE <= address < stack.start
        return FULL.format(len(stack) >> 10) if full else NO_STACK
    if vector != PAGE_FAULT or code & 13 or not PAGE <= address < megabytes << 20:
        return ""
    return (
        "if this is a physical address, it is no pointer: the kernel sees that memory "
        "elsewhere"
    )


def selector_words(code: int) -> str:
    """`gate 46 of the IDT`. Source: Intel SDM volume 3, 6.13."""
    if code & 2:
        return f"gate {code >> 3} of the IDT"
    return f"the selector 0x{code & 0xFFFC:x}"


def fault_words(vector: int, code: int, cr2: int, eip: int | None = None) -> str:
    """The exception in one sentence. `eip`: of the instruction that caused it."""
    if eip == cr2 and not code & 2:
        code |= FETCH  # this processor does not say so
    name = VECTORS.get(vector, "reserved exception")
    if vector == INVALID_OPCODE:
        return f"{name} ({vector}): {NO_WAY_ON}"
    if vector == PAGE_FAULT:
        return f"page fault (14): {page_fault_words(code, cr2)}"
    if code:
        return f"{name} ({vector}), error code 0x{code:x}: {selector_words(code)}"
    return f"{name} ({vector})"
