# SPDX-License-Identifier: MIT
"""What a client's objects may have in them, whatever they were made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from h4.client_objects import allowed, read_object
from h4.compiling import run_tool

ORDINARY = """mov eax,DWORD PTR [ebp+0x8]|rep stos DWORD PTR es:[edi],eax|ret 0x4
call 1b <f+0x1b>|jmp 40 <cr3+0x4>|jmp DWORD PTR [eax*4+0x0]|lea esi,[esi+eiz*1+0x0]
cs nop WORD PTR [eax+eax*1+0x0]|xchg ax,ax|setne al|ud2|mov ecx,DWORD PTR ds:0x0"""
PRIVILEGED = """in al,dx|out dx,al|ins BYTE PTR es:[edi],dx|rep outs dx,DWORD PTR [esi]
cli|sti|hlt|lgdtd [eax]|lidtd [eax]|lldt ax|ltr ax|mov cr3,eax|mov eax,cr0|mov dr7,eax
invlpg [eax]|wbinvd|clts|lmsw ax|wrmsr|rdmsr|rdtsc|rdpmc|iret|sysexit|sysenter|int 0x80
int3|into|popf|pushf|retf|jmp FWORD PTR [eax]|call 0x8:0x0|mov ds,eax|mov es,ax|pop ds
push fs|mov eax,fs:0x0|mov eax,gs:[eax]|lds eax,[eax]|lss esp,[eax]|cmpxchg [eax],ecx
(bad)|lock inc DWORD PTR [eax]|fld1|movaps xmm0,xmm1|enter 0x8,0x0|rep|str eax"""


@pytest.mark.parametrize("code", ORDINARY.replace("\n", "|").split("|"))
def test_ordinary_instructions(code: str) -> None:
    assert allowed(code)


@pytest.mark.parametrize("code", PRIVILEGED.replace("\n", "|").split("|"))
def test_privileged_instructions(code: str) -> None:
    assert not allowed(code)


# In AT&T's syntax; each is refused in the object, with its line.
ASSEMBLED = """inb %dx,%al|outl %eax,%dx|insb|outsl|cli|sti|hlt|lgdt (%eax)|lidt (%eax)
lldt %ax|ltr %ax|mov %eax,%cr3|mov %cr2,%eax|mov %eax,%dr7|invlpg (%eax)|wrmsr|rdmsr
iret|sysexit|sysenter|int $0x80|lcall $8,$0|ljmp *(%eax)|lret|popf|mov %eax,%ds|pop %es
mov %fs:0,%eax|mov %gs:(%ecx),%eax|lss (%eax),%esp|wbinvd|clts"""


def assembled(tmp_path: Path, text: str) -> Path:
    (tmp_path / "a.s").write_text(text)
    status, messages = run_tool(
        ["gcc", "-m32", "-g", "-c", "a.s", "-o", "a.o"], cwd=tmp_path
    )
    assert status == 0, messages
    return tmp_path / "a.o"


def test_instructions_are_found_in_objects(tmp_path: Path) -> None:
    lines = ASSEMBLED.replace("\n", "|").split("|")
    text = ".globl f\n.type f,@function\nf:\n" + "\n".join(lines) + "\nnop\nret\n"
    result = read_object(assembled(tmp_path, text), "a.c", tmp_path)
    refused = [f.line for f in result.findings if f.rule == "instruction"]
    assert refused == list(range(4, 4 + len(lines)))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (".section .init_array\n.long 0\n", "section"),
        (".section .h4.tests\n.long 0\n", "section"),
        (".weak x\nx: .long 0\n", "weak-symbol"),
        (".weak x\n.long x\n", "weak-symbol"),
        (".comm x,4\n", "weak-symbol"),
        (".globl x\nx = 0xB8000\n", "weak-symbol"),
        (".globl x\n.type x,@gnu_indirect_function\nx: ret\n", "weak-symbol"),
    ],
)
def test_sections_and_symbols_of_objects(tmp_path: Path, text: str, rule: str) -> None:
    result = read_object(assembled(tmp_path, text), "a.c", tmp_path)
    assert [f.rule for f in result.findings] == [rule]
    plain = ".globl x\n.data\nx: .long y\n.section .rodata.x\n.long 1\n"
    assert read_object(assembled(tmp_path, plain), "a.c", tmp_path).findings == []
