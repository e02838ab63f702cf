# SPDX-License-Identifier: MIT
"""The code in L4's kernel interface page: built as programs are, in a tree without
any header of the kernel's, and handed to the kernel as data.

user/kip/ is linked to a row of bytes (user/kip/kip.ld), which becomes the words of an
array in a source file of the stage. What the words mean, l4/kip.h says.
"""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.enums import ENUM_RELOC_TYPE_i386
from elftools.elf.relocation import RelocationSection

from h4.build import Builder, Built
from h4.compiling import BuildFailure
from h4.course import USER
from h4.errors import GraderError
from h4.programs import Programs, keep

KIP = f"{USER}/kip/"
KIP_UNIT = f"{KIP}code.c"  # in the tree of a stage
KIP_SCRIPT = f"{KIP}kip.ld"
KIP_LINK_FLAGS = [
    "-m32",
    "-static",
    "-no-pie",
    "-nostdlib",
    "-Wl,--build-id=none,--oformat=binary",
    f"-Wl,-T,{KIP_SCRIPT}",
]
DISTANCES = {ENUM_RELOC_TYPE_i386["R_386_PC32"], ENUM_RELOC_TYPE_i386["R_386_PLT32"]}
WORD = 4
PAGE = 4096


def kip_source(programs: Programs, builder: Builder, build: Path) -> str:
    """The text of KIP_UNIT."""
    code = kip_code(programs, builder, build)
    words = struct.unpack(f"<{len(code) // WORD}I", code)
    lines = [f"        0x{word:08X}," for word in words]
    return "\n".join([
        "// SPDX-License-Identifier: MIT",
        f"// What {KIP} was built to: see l4/kip.h.",
        "#include <stdint.h>",
        "",
        "extern const uint32_t kip_code[];",
        "extern const uint32_t kip_code_words;",
        "",
        "const uint32_t kip_code[] = {",
        *lines,
        "};",
        f"const uint32_t kip_code_words = {len(words)};",
        "",
    ])  # fmt: skip


def kip_code(programs: Programs, builder: Builder, build: Path) -> bytes:
    """The bytes; below `build` they are kept, by what they are made of."""
    kept = programs.kept(builder, build, ["kip"])
    if not (kept / "kip").is_file():
        with tempfile.TemporaryDirectory(prefix="user-", dir=build) as name:
            _build(programs, builder, Path(name), kept)
    return (kept / "kip").read_bytes()


def _build(programs: Programs, builder: Builder, tree: Path, kept: Path) -> None:
    # Nothing that programs share is in it.
    laid = programs.lay_out(tree, ["kip"])
    units = [unit for unit in laid if unit.path.startswith(KIP)]
    objects, built = builder.compile(units, tree)
    for path, messages in built.failures.items():
        raise GraderError(f"{path} does not compile:\n{messages}")
    for one in objects:
        _check_position(one)
    linked = Built(tree / "code", tree)
    try:
        builder.link(objects, linked, KIP_LINK_FLAGS)
    except BuildFailure as failure:
        raise GraderError(f"{KIP} does not link:\n{failure.messages}") from None
    size = linked.elf.stat().st_size
    if size % WORD or not 0 < size <= PAGE:
        raise GraderError(
            f"{KIP} has {size} bytes; it is whole words, and fits into a page"
        )
    keep(kept, {"kip": linked.elf.read_bytes()})


def _check_position(path: Path) -> None:
    """Refuses an object whose code has an address in it."""
    with path.open("rb") as stream:
        for section in ELFFile(stream).iter_sections():
            if not isinstance(section, RelocationSection):
                continue
            kinds = {one["r_info_type"] for one in section.iter_relocations()}
            if section.name.startswith(".rel.text") and kinds - DISTANCES:
                raise GraderError(
                    f"{KIP}: there is an address in the code. Each address space has "
                    "the page where it wants, so only distances are known"
                )
