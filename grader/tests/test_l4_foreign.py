# SPDX-License-Identifier: MIT
"""Programs that were built elsewhere: a root server and a sigma0 in assembler, made of
the numbers of L4 X.2 alone, as boot modules as they are. They go together with each
other and with the course's own; and a kernel that breaks a convention does not run
them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import ROOT
from elftools.elf.elffile import ELFFile
from test_l4_tour import SAID, the_stage

from h4.course import Course
from h4.emulator import Ending
from h4.running import run_stage
from h4.stage import Recipe, Stage, StageBuilder

LAB = 7
SOURCES = ROOT / "grader/tests/foreign"
AT = {"sigma0": 0x20000, "root": 0x400000}

WELL = [
    "Foreign: the page and the registers are as they should be.",
    "Foreign: a thread in another space, with ports from its pager.",
    "Foreign: all is well.",
]
WRONG = "Foreign: wrong is number "
LIMIT = 40_000_000  # instructions, for a kernel that may do nothing any more
END = "L4: no thread will ever run again."

# How linkers lay a program out: all in one segment; code and data apart, and what
# comes before them; two segments on one page.
LAYOUTS = {
    "one": ["-N"],
    "apart": [],
    "close": ["-z", "noseparate-code"],
    "closer": ["-z", "noseparate-code", "-z", "max-page-size=16"],
}


def link(source: str, folder: Path, layout: str = "one") -> Path:
    """The program, as the GNU linker makes it. `first` in it is where its memory
    begins."""
    made, out = folder / f"{source}.o", folder / source
    command = ["gcc", "-m32", "-c", str(SOURCES / f"{source}.S"), "-o", str(made)]
    subprocess.run(command, check=True)
    first = AT[source]
    for _ in range(2):
        subprocess.run(
            ["ld", "-m", "elf_i386", "--no-warn-rwx-segments", *LAYOUTS[layout],
             f"-Ttext={AT[source]:#x}", f"--defsym=first={first:#x}", str(made),
             "-o", str(out)],
            check=True,
        )  # fmt: skip
        with out.open("rb") as stream:
            segments = [
                one for one in ELFFile(stream).iter_segments()
                if one["p_type"] == "PT_LOAD"
            ]  # fmt: skip
        assert all(one["p_vaddr"] == one["p_paddr"] for one in segments)
        first = min(one["p_vaddr"] for one in segments)
    return out


def said(
    stage: Stage, modules: list[tuple[str, Path]], emulator: str, megabytes: int = 8
) -> list[str]:
    stage.modules = modules
    result = run_stage(stage, megabytes, emulator)
    assert result.ending == Ending.POWER_OFF, result
    return result.com1.decode("ascii").splitlines()


def modules(
    stage: Stage, folder: Path, sigma0: str, layout: str = "one"
) -> list[tuple[str, Path]]:
    own = dict(stage.modules)
    data = folder / "data"
    data.write_bytes(b"H4ok")
    first = own["sigma0"] if sigma0 == "own" else link("sigma0", folder, layout)
    return [
        ("sigma0", first),
        ("root", link("root", folder, layout)),
        ("data", data),
    ]


@pytest.mark.parametrize(
    ("sigma0", "layout", "emulator", "megabytes"),
    [("own", "one", "bochs", 8), ("own", "apart", "qemu", 32),
     ("foreign", "one", "bochs", 32), ("foreign", "apart", "qemu", 8),
     ("own", "close", "qemu", 8), ("own", "closer", "qemu", 8)],
)  # fmt: skip
def test_a_root_server_from_elsewhere(
    course: Course, builder: StageBuilder, tmp_path: Path, sigma0: str, layout: str,
    emulator: str, megabytes: int,
) -> None:  # fmt: skip
    stage = builder.stage(course.lab(LAB), Recipe())
    lines = said(
        stage, modules(stage, tmp_path, sigma0, layout), emulator, megabytes
    )
    assert lines[-len(WELL) - 1 :] == [*WELL, END], lines


def test_the_system_on_a_sigma0_from_elsewhere(
    course: Course, builder: StageBuilder, tmp_path: Path
) -> None:
    stage = the_stage(course, builder)
    own = [one for one in stage.modules if one[0] != "sigma0"]
    lines = said(stage, [("sigma0", link("sigma0", tmp_path)), *own], "bochs")
    assert lines[-len(SAID) - 1 :] == [*SAID, END], lines


def test_with_the_short_way_for_messages(
    course: Course, builder: StageBuilder, tmp_path: Path
) -> None:
    """In lab 8 the root server runs too, and so does pingpong with the other sigma0."""
    stage = builder.stage(course.lab(8), Recipe())
    pingpong = dict(stage.modules)["pingpong"]
    lines = said(stage, modules(stage, tmp_path, "foreign"), "bochs")
    assert lines[-len(WELL) - 1 :] == [*WELL, END], lines
    both = [("sigma0", tmp_path / "sigma0"), ("pingpong", pingpong)]
    lines = said(stage, both, "bochs", 32)
    assert any(line.startswith("      60 ") for line in lines), lines


@dataclass(frozen=True)
class Break:
    """A convention that the kernel no longer keeps; `seen` is the number that the root
    server tells, or nothing: then it does not come as far as its last words."""

    file: str
    find: str
    replace: str
    seen: str = ""


STACK_AND_IP = (
    "        set_register(thread, H_EIP, word_of(sender, {}));\n"
    "        set_register(thread, H_ESP, word_of(sender, {}));\n"
)
# In a source file where that is possible: after a change of a header of all of them the
# whole kernel is compiled.
BREAKS = {
    "magic": Break("l4/kip.c", "0x4BE6344Cu", "0x4BE6344Du", "01"),
    "version": Break(
        "l4/instruction.c", "H_ECX, KIP_VERSION", "H_ECX, KIP_FLAGS", "02"
    ),
    "kernel_id": Break("l4/instruction.c", "H_ESI, KIP_KERNEL_ID", "H_ESI, 0", "04"),
    "servers": Break("l4/kip.c", "offset + 4, server->ip", "offset, server->ip", "07"),
    "high": Break("l4/kip.c", "server->end);", "server->end - 1);", "09"),
    "utcb_size": Break("l4/kip.c", "1u | UTCB_LOG2", "2u | UTCB_LOG2", "10"),
    "page_sizes": Break("l4/kip.c", "(6u | 1u", "(7u | 1u", "12"),
    "user_base": Break("l4/kip.c", "NUMBER_USER << 20", "NUMBER_USER << 21"),
    "modules": Break("l4/memory_list.c", "MEMORY_BOOT_LOADER", "MEMORY_RESERVED", "35"),
    "root": Break("l4/start.c", "start(ID_ROOT,", "start(ID_ROOT + (1u << 14),"),
    "pager_word": Break(
        "l4/abi.h", "UTCB_PAGER = -12,\n        UTCB_EXCEPTION_HANDLER = -11",
        "UTCB_PAGER = -11,\n        UTCB_EXCEPTION_HANDLER = -12", "15",
    ),
    "no_pager": Break("l4/start.c", "has_sigma0 ? ID_SIGMA0 : ID_NIL", "ID_NIL"),
    "which_module": Break("l4/start.c", "has_sigma0 ? 1 : 0", "0"),
    "page_fault": Break(
        "l4/message.c", "tag_make(LABEL_PAGE_FAULT +", "tag_make(LABEL_PAGE_FAULT - 32 +"
    ),
    "port_fault": Break(
        "l4/message.c", "tag_make(LABEL_IO_FAULT,", "tag_make(LABEL_IO_FAULT + 16,", "55"
    ),
    "counts": Break(
        "l4/transfer.c", "tag_make(0, untyped, typed)", "tag_make(0, untyped, 2 * typed)"
    ),
    "timeouts": Break(
        "l4/ipc_call.c", "(uint16_t)in->ecx;", "(uint16_t)(in->ecx >> 16);"
    ),
    "start": Break(
        "l4/message.c", STACK_AND_IP.format(1, 2), STACK_AND_IP.format(2, 1)
    ),
    "string_length": Break("l4/string.c", "word >> 10", "word >> 11"),
    "other_form": Break(
        "l4/exchange.c", "thread->local : thread->id", "thread->id : thread->local",
        "45",
    ),
    "use": Break(
        "l4/unmap.c", "finish(thread, map->walk.used)", "finish(thread, 0)", "58"
    ),
    "pages": Break("l4/elf.c", "if (share_memory", "if (true || share_memory", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_convention_is_seen(
    course: Course, builder: StageBuilder, tmp_path: Path, name: str
) -> None:
    broken = BREAKS[name]
    text = course.text(broken.file)
    assert text.count(broken.find) == 1, broken
    texts = {broken.file: text.replace(broken.find, broken.replace)}
    stage = builder.stage(course.lab(LAB), Recipe(texts=texts))
    stage.modules = modules(stage, tmp_path, "own", "apart")
    result = run_stage(stage, 8, "bochs", LIMIT)
    lines = result.com1.decode("ascii", "replace").splitlines()
    assert WELL[-1] not in lines
    wrong = [line for line in lines if line.startswith(WRONG)]
    assert not broken.seen or wrong == [f"{WRONG}{broken.seen}."], lines
