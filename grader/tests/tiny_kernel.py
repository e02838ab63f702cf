# SPDX-License-Identifier: MIT
"""A kernel of one page that ends in every way a kernel can.

It speaks to nobody but the tests of the emulator drivers: three tests without
content, and in the middle one it does what its command line asks for.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from h4.emulator import BootRequest

SOURCE = r"""
typedef unsigned u32;
typedef unsigned short u16;
typedef unsigned char u8;

void woken(void);

#define COM1 0x3F8
#define COM2 0x2F8

__attribute__((section(".multiboot"), used))
const u32 header[3] = { 0x1BADB002, 1, -(0x1BADB002u + 1) };

struct module { u32 begin, end, text, zero; };
struct info { u32 flags, lower, upper, device, text, count, modules; };

static inline void out(unsigned short port, u8 value)
{
        __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 in(unsigned short port)
{
        u8 value;
        __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
        return value;
}

static void line_up(int port)
{
        out(port + 1, 0);
        out(port + 3, 0x80);
        out(port, 1);
        out(port + 1, 0);
        out(port + 3, 3);
        out(port + 2, 7);
}

static void put(int port, char c)
{
        while (!(in(port + 5) & 0x20))
                ;
        out(port, c);
}

static void say(int port, const char *text)
{
        while (*text)
                put(port, *text++);
}

static void drain(void)
{
        while (!(in(COM1 + 5) & in(COM2 + 5) & 0x40))
                ;
}

static void power_off(void)
{
        drain();
        for (const char *word = "Shutdown"; *word; word++)
                out(0x8900, *word);
        out(0xF4, 1);
}

static int is(const char *text, const char *word)
{
        while (*word && *text == *word)
                text++, word++;
        return !*word && !*text;
}

__attribute__((noinline)) void harness_test_begin(u32 index)
{
        __asm__ volatile("xchgw %%bx, %%bx\n"
                         ".globl harness_begun\n"
                         "harness_begun: # %0" : : "r"(index) : "memory");
}

__attribute__((noinline)) void harness_test_end(u32 index)
{
        __asm__ volatile("xchgw %%bx, %%bx\n"
                         ".globl harness_ended\n"
                         "harness_ended: # %0" : : "r"(index) : "memory");
}

__attribute__((noinline)) void spin(u32 count)
{
        for (u32 i = 0; i < count; i++)
                __asm__ volatile("");
}

__attribute__((noinline)) void spin_for_ever(void)
{
        // A variable on the stack, or gcc makes no frame for this.
        for (volatile u32 i = 0;; i++)
                ;
}

// Sleeps until the timer wakes it, a thousand times a second, so often.
__attribute__((noinline)) void nap(u32 count)
{
        static struct { u16 low, selector, kind, high; } gates[9];
        struct { u16 limit; u32 base; } __attribute__((packed)) interrupts = {
                sizeof(gates) - 1, (u32)gates
        };
        u16 selector;

        __asm__ volatile("mov %%cs, %0" : "=r"(selector));
        gates[8].low = (u16)(u32)woken; // where the BIOS has left IRQ 0
        gates[8].high = (u32)woken >> 16;
        gates[8].selector = selector;
        gates[8].kind = 0x8E00;
        __asm__ volatile("lidt %0" : : "m"(interrupts));
        out(0x21, 0xFE);
        out(0xA1, 0xFF);
        out(0x43, 0x34);
        out(0x40, 1193 & 0xFF);
        out(0x40, 1193 >> 8);
        for (u32 i = 0; i < count; i++)
                __asm__ volatile("sti; hlt; cli");
}

static u32 ticks(void)
{
        u32 low;
        __asm__ volatile("rdtsc" : "=a"(low) : : "edx");
        return low;
}

static void say_number(u32 number)
{
        for (int shift = 28; shift >= 0; shift -= 4)
                put(COM1, "0123456789abcdef"[number >> shift & 15]);
        put(COM1, '\n');
}

// How long it works, and how long it sleeps, by the processor's own counter.
static void tell_time(void)
{
        u32 begin = ticks();
        spin(1000000);
        u32 worked = ticks();
        nap(100);
        u32 slept = ticks();
        say_number(worked - begin);
        say_number(slept - worked);
}

// Called through a frame of its own, so that there is a chain to follow.
__attribute__((noinline)) void do_as_asked(const char *what)
{
        static const struct { unsigned short limit; u32 base; }
                __attribute__((packed)) no_interrupts = { 0, 0 };

        if (is(what, "hang"))
                spin_for_ever();
        if (is(what, "cli_hlt"))
                __asm__ volatile("cli; hlt");
        if (is(what, "sti_hlt")) {
                out(0x21, 0xFF);
                out(0xA1, 0xFF);
                __asm__ volatile("sti; hlt");
        }
        if (is(what, "nap"))
                nap(500);
        if (is(what, "time"))
                tell_time();
        if (is(what, "triple"))
                __asm__ volatile("lidt %0; int3" : : "m"(no_interrupts));
        if (is(what, "flood1"))
                for (;;)
                        put(COM1, 'x');
        if (is(what, "flood2"))
                for (;;)
                        put(COM2, 'x');
        if (is(what, "overrun"))
                for (;;)
                        out(COM1, 'x');
        if (is(what, "keyboard_reset"))
                out(0x64, 0xFE);
        if (is(what, "off"))
                power_off();
        if (is(what, "break"))
                for (;;)
                        out(0x8900, 'D');
        if (is(what, "begin"))
                for (;;)
                        harness_test_begin(0);
        if (is(what, "exchange"))
                for (int i = 0; i < 100; i++)
                        __asm__ volatile("xchgw %bx, %bx");
}

void kernel_main(const struct info *info)
{
        const char *text = (const char *)info->text;
        const struct module *module = (const struct module *)info->modules;

        line_up(COM1);
        line_up(COM2);
        say(COM1, text);
        put(COM1, '\n');
        for (u32 i = 0; i < info->count && info->flags & 8; i++, module++) {
                say(COM1, (const char *)module->text);
                put(COM1, ':');
                for (const char *c = (const char *)module->begin;
                     c < (const char *)module->end; c++)
                        put(COM1, *c);
                put(COM1, '\n');
        }
        drain();
        for (u32 i = 0; i < 3; i++) {
                harness_test_begin(i);
                spin(100);
                if (i == 1)
                        do_as_asked(text);
                harness_test_end(i);
                put(COM2, 'a' + i);
                put(COM2, '\n');
                drain();
        }
        power_off();
        for (;;)
                ;
}

__asm__("woken:  push %eax\n"
        "       movb $0x20, %al\n"
        "       outb %al, $0x20\n"
        "       pop %eax\n"
        "       iret\n"
        ".globl start\n"
        "start: movl $stack + 8192, %esp\n"
        "       xorl %ebp, %ebp\n"
        "       pushl %ebx\n"
        "       call kernel_main\n"
        ".bss\n"
        ".balign 16\n"
        "stack: .space 8192\n"
        ".text\n");
"""

# Above all that GRUB executes, so that addresses of tests mean only them.
SCRIPT = """
ENTRY(start)
PHDRS { all PT_LOAD; }
SECTIONS {
        . = 0x800000;
        .all : { KEEP(*(.multiboot)) *(.text*) *(.rodata*) *(.data*) *(.bss*) } :all
        /DISCARD/ : { *(.note*) *(.comment*) *(.eh_frame*) }
}
"""

FLAGS = [
    "-m32", "-march=i686", "-std=c11", "-O2", "-ffreestanding", "-nostdlib",
    "-fno-pie", "-fno-stack-protector", "-fno-asynchronous-unwind-tables",
    "-fcf-protection=none", "-mgeneral-regs-only", "-fno-omit-frame-pointer",
    "-fno-optimize-sibling-calls", "-static", "-no-pie",
    "-Wl,--build-id=none,--no-warn-rwx-segments",
]  # fmt: skip


@dataclass(frozen=True)
class TinyKernel:
    """The kernel, and where its functions are."""

    path: Path
    addresses: dict[str, int]

    def request(
        self, workdir: Path, what: str = "", limit: int = 1_000_000, **more: object
    ) -> BootRequest:
        """A boot of it with three tests, the second of which does `what`."""
        return BootRequest(
            kernel=self.path,
            args=what,
            megabytes=16,
            workdir=workdir,
            begin=self.addresses["harness_begun"],
            end=self.addresses["harness_ended"],
            limits=[limit] * 3,
            **more,  # type: ignore[arg-type]
        )

    def function(self, address: int) -> str:
        """The name of the function that an address lies in."""
        below = [(at, name) for name, at in self.addresses.items() if at <= address]
        return max(below)[1]


def build(directory: Path) -> TinyKernel:
    """Compiles it."""
    (directory / "tiny.c").write_text(SOURCE)
    (directory / "tiny.ld").write_text(SCRIPT)
    path = directory / "kernel.elf"
    subprocess.run(
        ["gcc", *FLAGS, "-T", "tiny.ld", "tiny.c", "-o", path.name],
        cwd=directory,
        check=True,
    )
    lines = subprocess.run(
        ["nm", path], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    symbols = (line.split() for line in lines)
    return TinyKernel(path, {name: int(at, 16) for at, _, name in symbols})
