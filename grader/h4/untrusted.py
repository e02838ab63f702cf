# SPDX-License-Identifier: MIT
"""Compiles a file that a student wrote: made from nothing but itself and the course's
headers, the same at any time and place, and with nothing in it that the linker would put
where the course's own things are.

What it names is looked at before it is compiled (exercise_text.py), what the compiler
and the assembler have read afterwards by their own lists, what it has become by the
sections of the object.
"""

from __future__ import annotations

from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from h4.compiling import BuildFailure, own_headers, run_compiler
from h4.exercise_text import assembler_directive, foreign, mistake_in

# The time of a build is none of its input, and nobody asks for a file by an operator,
# not even by a name pasted together. clang's own headers need some of these.
FIXED = [
    "-Wno-builtin-macro-redefined",
    '-D__DATE__="Jan  1 1970"',
    '-D__TIME__="00:00:00"',
    '-D__TIMESTAMP__="Thu Jan  1 00:00:00 1970"',
    "-U_Pragma",
]
FIXED_OF = {"gcc": ["-U__has_include", "-U__has_include_next"], "clang": []}
_UNDEFINING = "<command-line>: warning: undefining "  # gcc cannot be kept from saying it

# Sections that an exercise's object may have: those named, and those that begin so.
_SECTIONS = frozenset({
    "", ".h4.todo", ".symtab", ".strtab", ".shstrtab", ".note.GNU-stack", ".comment",
    ".llvm_addrsig", ".eh_frame",
})  # fmt: skip
# The grader finds by them what it looks at, and not every stage has them: then nobody else
# has them either.
_OF_THE_COURSE = frozenset({"gate_entries", "system_tick"})
_PLAIN_SECTIONS = (".text", ".data", ".bss", ".rodata", ".debug_")


def _own(words: str) -> str:
    """What a compiler says of the file, without what it says of the options."""
    lines = words.split("\n")
    return "\n".join(line for line in lines if not line.startswith(_UNDEFINING))


def compile_untrusted(
    compiler: str, source: str, out: Path, flags: list[str], tree: Path
) -> str:
    """As compile_object; BuildFailure also where the file is not one for a course."""
    words = mistake_in(source, (tree / source).read_bytes())
    if words:
        raise BuildFailure(source, words)
    text, listed = tree / (source + ".s"), tree / (source + ".d")
    # clang's own assembler would obey inline assembly already here.
    outside = ["-fno-integrated-as"] if compiler == "clang" else []
    is_c = source.endswith(".c")
    try:
        warnings = run_compiler(
            compiler,
            [
                *flags, *outside, *FIXED, *FIXED_OF[compiler], "-S" if is_c else "-E",
                source, "-o", str(text), "-MD", "-MF", str(listed),
            ],
            source,
            tree,
        )  # fmt: skip
    except BuildFailure as failure:
        raise BuildFailure(source, _own(failure.messages)) from failure
    warnings = _own(warnings).strip()
    _check_files(listed, compiler, source)
    found = assembler_directive(source, text.read_text("latin-1"))
    if found:
        raise BuildFailure(
            source,
            f"has the assembler directive {found} in it: directives that read files, or "
            "are put together by macros, are not for exercises",
        )
    plain = [f for f in flags if f.startswith("-m") or not is_c and f == "-g"]
    if compiler == "clang" and "-g" in plain:
        # Which it does not tell an assembler that is not its own.
        for flag in ("-g", f"--debug-prefix-map={tree}=."):
            plain += ["-Xassembler", flag]
    assembled = run_compiler(
        compiler,
        [
            *plain, *outside, f"-Wa,--MD,{source}.d", "-c", source + ".s",
            "-o", str(out.absolute()),
        ],
        source,
        tree,
    )  # fmt: skip
    _check_files(listed, compiler, source)
    _check_object(out, source)
    return "\n".join(filter(None, [warnings, assembled]))


def _check_files(listed: Path, compiler: str, source: str) -> None:
    """Looks at the list of files that was written as a rule for make."""
    _, _, names = listed.read_text("latin-1").replace("\\\n", " ").partition(": ")
    odd = foreign(names.split(), source, own_headers(compiler))
    if odd:
        raise BuildFailure(
            source,
            f"reads {', '.join(odd)}: an exercise file is built from itself and the "
            "course's headers alone",
        )


def _check_object(out: Path, source: str) -> None:
    with out.open("rb") as stream:
        elf = ELFFile(stream)
        sections = list(elf.iter_sections())
        is_readable = _has_readable_ranges(elf)
        names = {section.name for section in sections}
        defined = {
            symbol.name
            for section in sections
            if isinstance(section, SymbolTableSection)
            for symbol in section.iter_symbols()
            if symbol["st_shndx"] != "SHN_UNDEF"
        }
    odd = sorted(
        name
        for name in names - _SECTIONS
        if not name.removeprefix(".rel").startswith(_PLAIN_SECTIONS)
        and name.removeprefix(".rel") not in _SECTIONS
    )
    if odd:
        out.unlink()
        raise BuildFailure(
            source,
            f"puts something into the section {', '.join(odd)}: exercises have code "
            "and data, and leave sections to the course",
        )
    if not is_readable:
        out.unlink()
        raise BuildFailure(
            source,
            "puts something into .debug_aranges that is none: debug information is written "
            "by the compiler",
        )
    taken = sorted(defined & _OF_THE_COURSE)
    if taken:
        out.unlink()
        raise BuildFailure(
            source, f"defines {', '.join(taken)}: this name is the course's own"
        )


def _has_readable_ranges(elf: ELFFile) -> bool:
    """Whether the table of addresses in the debug information is one: by that of the whole
    kernel the grader finds the harness's own."""
    try:
        if elf.has_dwarf_info():
            elf.get_dwarf_info(relocate_dwarf_sections=False).get_aranges()
    except Exception:  # of many kinds, as nothing is expected of what is written by hand
        return False
    return True
