# SPDX-License-Identifier: MIT
"""The code in the kernel interface page: what it is, and how it gets into a stage."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
import tiny
import tiny_l4
from conftest import ROOT
from elftools.elf.elffile import ELFFile

from h4.build import Builder
from h4.compiling import run_tool
from h4.course import Course
from h4.errors import GraderError
from h4.kip import kip_code, kip_source
from h4.overlay import ignored_changes
from h4.programs import Programs
from h4.stage import Recipe, StageBuilder
from h4.student import write_student_tree

STUBS = "user/kip/stubs.S"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tiny_l4.write(tmp_path / "course")


def code(root: Path, out: Path, compiler: str = "gcc", own: bool = False) -> bytes:
    out.mkdir(exist_ok=True)
    course = Course(root)
    lab = next(lab for lab in course.labs if course.has(lab, "user/kip/"))
    programs = Programs(course, lab, own)
    return kip_code(programs, Builder(out / "objects", compiler), out)


# The real code.


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return code(ROOT, tmp_path_factory.mktemp("kip"))


def calls() -> list[str]:
    """In the order in which the page names them: see l4/kip.h."""
    return [
        "space_control", "thread_control", "processor_control", "memory_control",
        "ipc", "lipc", "unmap", "exchange_registers", "system_clock", "thread_switch",
        "schedule",
    ]  # fmt: skip


def places(blob: bytes) -> dict[str, tuple[int, int]]:
    words = struct.unpack_from(f"<{2 * len(calls())}I", blob)
    return dict(zip(calls(), zip(words[::2], words[1::2])))


def disassembled(blob: bytes, begin: int, end: int, tmp_path: Path) -> list[str]:
    (tmp_path / "blob").write_bytes(blob)
    status, text = run_tool([
        "objdump", "-D", "-b", "binary", "-m", "i386", "-M", "intel",
        "--no-show-raw-insn", f"--start-address={begin}", f"--stop-address={end}",
        str(tmp_path / "blob"),
    ])  # fmt: skip
    assert status == 0, text
    return [
        " ".join(words.split())
        for words in re.findall(r"^ *[0-9a-f]+:\t(.*)$", text, re.M)
    ]


def test_all_calls_are_there(real: bytes) -> None:
    found = places(real)
    first = 8 * len(found)
    assert len(real) % 4 == 0 and len(real) < 1024
    assert all(first <= begin < end < len(real) for begin, end in found.values())
    gates = [pair for name, pair in found.items() if "ipc" not in name]
    assert len(set(gates)) == len(gates) == 9
    assert found["ipc"] == found["lipc"]


def test_calls_by_the_gate_change_nothing_themselves(
    real: bytes, tmp_path: Path
) -> None:
    for name, (begin, end) in places(real).items():
        if "ipc" not in name:
            assert real[begin : end + 1] == b"\xcd\x80\xc3", name
            assert end == begin + 2
    assert real.count(b"\xcd\x80") == 9


def test_messages(real: bytes, tmp_path: Path) -> None:
    """What is pushed is popped before SYSENTER, so that nothing but the return address
    is on the stack then, and that address is where EBP points."""
    begin, back = places(real)["ipc"]
    inner = disassembled(real, begin, back, tmp_path)
    assert len(inner) == 1 and inner[0].startswith("call ")
    to = int(inner[0].split()[1], 16)
    after = disassembled(real, back, to, tmp_path)
    assert after == [
        "mov DWORD PTR [edi],esi",
        "mov ebx,DWORD PTR [edi+0x4]",
        "mov ebp,DWORD PTR [edi+0x8]",
        "ret",
    ]
    assert disassembled(real, to, to + 5, tmp_path) == [
        "pop ebx", "mov ebp,esp", "sysenter",
    ]  # fmt: skip


def test_compilers_agree(real: bytes, tmp_path: Path) -> None:
    assert code(ROOT, tmp_path / "build", "clang") == real


# How it is built.


def longer(root: Path) -> None:
    """By one instruction."""
    tiny.change(root / STUBS, "  GATE unmap\n", "  nop\n        GATE unmap\n")


def test_it_is_built_once(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "build"
    first = code(root, out)
    (kept,) = out.glob("programs/*/kip")
    at = kept.stat().st_mtime_ns
    assert code(root, out) == first and kept.stat().st_mtime_ns == at
    longer(root)
    assert code(root, out) != first
    assert len(list(out.glob("programs/*/kip"))) == 2


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_it_is_data_of_the_stage(root: Path, tmp_path: Path, compiler: str) -> None:
    course = Course(root)
    builder = StageBuilder(course, tmp_path / "build")
    stage = builder.stage(course.lab(2), Recipe(compiler=compiler))
    wanted = code(root, tmp_path / "build", compiler)
    with stage.image.path.open("rb") as stream:
        elf = ELFFile(stream)
        table = elf.get_section_by_name(".symtab")
        read: dict[str, bytes] = {}
        for name in ("kip_code", "kip_code_words"):
            (symbol,) = table.get_symbol_by_name(name)
            section = elf.get_section(symbol["st_shndx"])
            assert not section["sh_flags"] & 0x5, "neither written to nor executed"
            at = symbol["st_value"] - section["sh_addr"]
            read[name] = section.data()[at : at + symbol["st_size"]]
    assert read["kip_code"] == wanted
    assert read["kip_code_words"] == struct.pack("<I", len(wanted) // 4)


def test_a_lab_without_it_has_none(root: Path, tmp_path: Path) -> None:
    course = Course(root)
    objects = StageBuilder(course, tmp_path / "build").objects(course.lab(1), Recipe())
    assert not [path for path in objects if path.startswith("user/")]


BAD = {
    "address": (".long ipc\n", "there is an address in the code"),
    "of a call": ("movl $schedule, %eax\n", "there is an address in the code"),
    "data": (".data\n.long 1\n", "is code, not data"),
    "zeros": (".bss\n.skip 4\n", "is code, not data"),
    "elsewhere": ("call nowhere\n", "user/kip/ does not link"),
    "nonsense": ("mavl %eax, %ebx\n", "user/kip/stubs.S does not compile"),
    "bytes": (".byte 1\n", "whole words"),
    "large": (".skip 4096\n", "fits into a page"),
    "kernel": ("#include <kernel/todo.h>\n", "user/kip/stubs.S does not compile"),
    "l4": ("#include <l4/kip.h>\n", "user/kip/stubs.S does not compile"),
}
GOOD = {
    "distance": "call ipc\n",
    "other section": '.section .text.more, "ax"\ncall 1f\n1: .balign 4\n',
    "zeros": ".skip 400\n",
    "nothing": ".data\n",
}


def add(root: Path, text: str) -> None:
    with (root / STUBS).open("a") as out:
        out.write(f"        .text\n{text}")
        if "byte" not in text:
            out.write("        .text\n        .balign 4\n")


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("name", BAD)
def test_it_is_refused(root: Path, tmp_path: Path, name: str, compiler: str) -> None:
    text, words = BAD[name]
    add(root, text)
    with pytest.raises(GraderError, match=words):
        code(root, tmp_path / "build", compiler)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("name", GOOD)
def test_its_neighbours_are_not(
    root: Path, tmp_path: Path, name: str, compiler: str
) -> None:
    before = code(root, tmp_path / "build", compiler)
    add(root, GOOD[name])
    assert code(root, tmp_path / "build", compiler).startswith(before)


def test_a_student_s_stage_has_it(root: Path, tmp_path: Path) -> None:
    """The course's for a verdict, the student's own for a look."""
    tree = write_student_tree(root, tmp_path / "tree").directory
    assert (tree / STUBS).read_text() == (root / STUBS).read_text()
    given = code(root, tmp_path / "build")
    assert code(tree, tmp_path / "build", own=True) == given
    longer(tree)
    (tree / "user/kip/more.S").write_text(".text\n.long 0x12345678\n")
    assert code(tree, tmp_path / "build") == given
    own = code(tree, tmp_path / "build", own=True)
    assert own != given and b"\x78\x56\x34\x12" in own
    ignored = ignored_changes(Course(tree), tree)
    assert [line for line in ignored if line.startswith(f"{STUBS} was changed")]


def test_the_source_of_it(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "build"
    out.mkdir()
    course = Course(root)
    programs = Programs(course, course.lab(2))
    text = kip_source(programs, Builder(out / "objects"), out)
    words = [int(word, 16) for word in re.findall(r"0x([0-9A-F]{8}),", text)]
    assert struct.pack(f"<{len(words)}I", *words) == code(root, out)
    assert f"kip_code_words = {len(words)};" in text
