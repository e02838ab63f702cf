# SPDX-License-Identifier: MIT
"""A message of L4, instruction by instruction: which phase each belongs to, and which
message is one that nothing has disturbed. All of them are made up."""

from __future__ import annotations

import pytest

from h4.errors import GraderError
from h4.ipc import VARIANTS, figures_of, undisturbed
from h4.phases import Message, mean, message_of, read_functions
from h4.steps import Step, invalidations, kernel_entries, msr_writes, segment_loads

AT = {
    0xC0000000: ["sysenter_entry"],
    0xC0000010: ["ipc_called"],
    0xC0000020: ["must", "thread_find"],
    0xC0000030: ["memcpy"],
    0xC0000040: ["ring_put_in", "send", "ipc_called"],
    0xC0000050: ["h_handoff"],
}


def made_message() -> list[Step]:
    """Ten instructions: nobody knows memcpy, which is called by ipc_called first, and
    by itself from h_handoff then, where one instruction has three ticks."""
    made = [
        (0x400000, b"\x8b"), (0x400001, b"\x0f\x34"), (0xC0000000, b"\xff\xe0"),
        (0xC0000010, b"\xe8"), (0xC0000030, b"\xc3"), (0xC0000020, b"\x90"),
        (0xC0000040, b"\x0f\x30"), (0xC0000050, b"\xff\xd0"), (0xC0000030, b"\xf3\xa5"),
        (0xC0000050, b"\x0f\x22\xd8"), (0xC0000050, b"\x8e\xe8"), (0x400002, b"\x75"),
    ]  # fmt: skip
    ticks = [*range(100, 109), 111, 112, 113]
    return [
        Step(tick, address < 0xC0000000, "", code, address)
        for tick, (address, code) in zip(ticks, made)
    ]


def test_each_instruction_belongs_to_a_phase() -> None:
    message = message_of(made_message(), AT)
    assert message.phases == {
        "user": 3, "entry": 1, "call": 2, "lookup": 1, "rendezvous": 1, "transfer": 0,
        "schedule": 0, "exit": 6,
    }  # fmt: skip
    assert message.total == 14
    assert message.counts == {
        "kernel_entries": 1, "cr3_loads": 1, "segment_loads": 1, "msr_writes": 1,
        "invlpg": 0,
    }  # fmt: skip


def test_the_phases_have_to_be_what_the_program_has_counted() -> None:
    message = message_of(made_message(), AT)
    variant = VARIANTS[0]
    for ticks in (13, 14, 15):
        found = figures_of(variant, "inter", message, ticks)
        assert found["ipc.inter.phases.exit.instructions"] == 6
        assert found["ipc.inter.cr3_loads"] == 1
    for ticks in (12, 16):
        with pytest.raises(GraderError):
            figures_of(variant, "inter", message, ticks)


def test_the_mean_is_half_of_a_round() -> None:
    there = Message({"entry": 10, "exit": 21}, {"cr3_loads": 1})
    back = Message({"entry": 15, "exit": 21}, {"cr3_loads": 1})
    assert mean(there, back) == Message({"entry": 13, "exit": 21}, {"cr3_loads": 1})
    assert mean(there, back).total == (there.total + back.total + 1) // 2


def test_a_message_that_was_interrupted_is_none() -> None:
    good = made_message()
    # Interrupted on the way; by an interrupt alone; longer; from somewhere else.
    again = good + good[1:]
    no_call = [step for step in good if step.code != b"\x0f\x34"]
    longer = [*good[:1], *good]
    assert undisturbed([again, no_call, longer, good, [], good[1:]], 0x400000) == good
    with pytest.raises(GraderError):
        undisturbed([again, no_call, [], good[1:]], 0x400000)


def test_what_addr2line_says_is_read() -> None:
    text = (
        "0xc0100000\nring_put_in\n./l4/rings.h:12\nsend\n./l4/direct.c:50\n"
        "0xc0100010\n??\n??:0\n"
    )
    assert read_functions(text) == {
        0xC0100000: ["ring_put_in", "send"],
        0xC0100010: ["??"],
    }


@pytest.mark.parametrize(
    ("code", "counted"),
    [
        ("0f0138", invalidations), ("0f01bd00000040", invalidations),
        ("0f30", msr_writes), ("8ee8", segment_loads), ("2e8e25", segment_loads),
    ],
)  # fmt: skip
def test_instructions_are_known_by_their_bytes(code: str, counted: object) -> None:
    step = Step(1, False, "", bytes.fromhex(code), 0xC0000000)
    every = (invalidations, msr_writes, segment_loads)
    assert [one for one in every if one([step])] == [counted]


def test_what_looks_like_one_is_none() -> None:
    codes = ["0f01f8", "0f0110", "0f32", "0f20d8", "8b00"]  # SWAPGS, LGDT, RDMSR, ...
    steps = [Step(1, False, "", bytes.fromhex(code), 0) for code in codes]
    assert not invalidations(steps) + msr_writes(steps) + segment_loads(steps)
    assert kernel_entries(steps) == 0
