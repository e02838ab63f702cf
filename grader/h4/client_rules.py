# SPDX-License-Identifier: MIT
"""The rules for a client of H, and what each of them allows by name.

In the dissertation the types and modules of Haskell confine the client kernel.
C has neither, so these rules take their place: a client that keeps them all
reaches H's memory by no name, no instruction and no address of its own making.
What is left is arithmetic that leaves an object which the client may see; the
sanitizers of a graded build stop part of that (build.py, CLIENT_TRAPS).
"""

from __future__ import annotations

from dataclasses import dataclass

# rule: what it says, for the end of a report in which it was broken.
RULES = {
    "file": "a client consists of C sources and headers; texts may lie beside them",
    "compile": "a client compiles, and what its warnings of memory say is an error",
    "header": "a client includes H's public headers (h/*.h), its own and the "
    "compiler's freestanding ones, and asks for no others",
    "line-directive": "a line is where it is: no #line, no forged file name",
    "pragma": "no pragma: it could take the compiler's checks back",
    "inline-assembly": "no assembly: not as a statement, not at file scope, not as "
    "another name for a symbol or a register",
    "attribute": "only attributes that change neither place, name nor meaning",
    "builtin": "only built-in functions that compute with numbers",
    "thread-local": "no thread-local storage: it is reached through a segment",
    "integer-to-pointer": "no pointer is made from a number; the constant 0 is one",
    "pointer-cast": "what holds a pointer is reached by its own type only, or a "
    "number could be written where a pointer is",
    "function-cast": "a function is called by its own type only",
    "const-cast": "const is not cast away: what H lends for reading stays as it is",
    "pointer-union": "no union holds a pointer: another member could set it",
    "label-address": "no address of a label and no goto to one: a jump could be "
    "computed",
    "declaration": "a name is the same function, object or struct in all files, "
    "and one of H's is as its header says",
    "heap": "where the heap becomes something that holds pointers, it becomes "
    "nothing else: h_client_heap is called in that one place",
    "undefined-symbol": "a client calls itself, H's public functions and the small "
    "C runtime, nothing else; L4 has kip_code too",
    "shadow": "a client defines no name that is H's or the C runtime's",
    "weak-symbol": "a symbol is defined once, by whoever owns its name",
    "section": "code and data lie where the compiler puts them",
    "instruction": "an instruction of ordinary computing; ports, control registers, "
    "segments and interrupts are H's",
}


@dataclass(frozen=True, order=True)
class Finding:
    """A rule that is broken in a line of a file; line 0: in all of it."""

    file: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.rule}: {self.text}"


# A file that includes every public header, to learn what is in them.
PUBLIC = "public.c"

# What a stage has for L4, and for no other client: the code in the kernel interface
# page, as data, and what stands in the place of an exercise that is not done.
FOR_L4 = """\
#include <stdint.h>
extern const uint32_t kip_code[];
extern const uint32_t kip_code_words;
_Noreturn void h4_todo(const char *exercise, ...);
"""

# What a compiler may call by itself: kernel/string.c, kernel/division.c.
RUNTIME = frozenset(
    "memcpy memmove memset memcmp __udivdi3 __umoddi3 __udivmoddi4 __divdi3 "
    "__moddi3 __divmoddi4".split()
)

# The headers of a freestanding implementation (C11, 4), and what the compilers'
# own versions of them include in turn. Not limits.h: gcc's wants a C library's.
FREESTANDING = frozenset(
    "float.h iso646.h stdalign.h stdarg.h stdbool.h stddef.h stdint.h "
    "stdnoreturn.h stdint-gcc.h __stddef_max_align_t.h".split()
)

# Numbers in, numbers out; memory only by typed pointers. stdarg.h declares
# va_list, but to take an argument from one is to choose its type: va_arg is not
# among these.
BUILTINS = frozenset(
    f"__builtin_{name}"
    for name in (
        "add_overflow sub_overflow mul_overflow bswap16 bswap32 bswap64 clz clzl "
        "clzll ctz ctzl ctzll ffs expect constant_p offsetof trap "
        "types_compatible_p memcpy memmove memset memcmp va_list"
    ).split()
)
BUILTIN_PREFIXES = ("__builtin_", "__sync_", "__atomic_", "__c11_atomic_")

# Not: section, constructor, alias, weak, common, naked, no_sanitize, optimize,
# target, nonnull (which takes a check away), may_alias, transparent_union ...
ATTRIBUTES = frozenset(
    "aligned always_inline cold deprecated fallthrough format hot noinline noreturn "
    "packed unused warn_unused_result".split()
)

SECTIONS = (".text", ".data", ".bss", ".rodata", ".debug_", ".rel.text", ".rel.data",
            ".rel.rodata", ".rel.debug_")  # fmt: skip
OTHER_SECTIONS = frozenset({
    "", ".comment", ".note.GNU-stack", ".symtab", ".strtab", ".shstrtab",
    ".llvm_addrsig", ".group", ".h4.todo",
})  # fmt: skip

_CONDITIONS = "a ae b be e g ge l le ne no np ns o p s".split()
INSTRUCTIONS = frozenset(
    (
        "mov movzx movsx lea push pop add adc sub sbb inc dec neg not and or xor cmp "
        "test imul mul div idiv shl sal shr sar rol ror rcl rcr shld shrd bt bts btr "
        "btc bsf bsr tzcnt bswap cdq cwde cwd cbw xchg jmp call ret leave nop ud1 ud2 "
        "stos movs cmps scas lods cld sahf lahf cmc clc stc"
    ).split()
) | {f"{kind}{c}" for kind in ("j", "set", "cmov") for c in _CONDITIONS}
PREFIXES = frozenset({"rep", "repz", "repnz", "repe", "repne", "data16"})
