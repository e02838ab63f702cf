# SPDX-License-Identifier: MIT
"""Lines of C that a client may not have in it, each beside one that it may."""

from __future__ import annotations

from dataclasses import dataclass

# A file is one of these, with LINE replaced and NAME its own.
STATEMENT = """#include <h/h.h>
struct holder {
        struct holder *next;
        uint32_t word;
};
static uintptr_t seen;
static void
use(const void *object)
{
        seen += (uintptr_t)object;
}
uintptr_t NAME(uint32_t address, struct holder *holder);
uintptr_t
NAME(uint32_t address, struct holder *holder)
{
        LINE
        use(&address);
        use(holder);
        return seen;
}
"""
DECLARATION = """#include <h/h.h>
LINE
uint32_t NAME(uint32_t value);
uint32_t
NAME(uint32_t value)
{
        return value + 1;
}
"""


@dataclass(frozen=True)
class Case:
    """A rule, and two lines."""

    name: str
    rule: str
    bad: str
    good: str
    frame: str = STATEMENT
    only: str = ""  # the one compiler that accepts the bad line

    def source(self, line: str) -> str:
        return self.frame.replace("NAME", f"case_{self.name}").replace("LINE", line)

    @property
    def line(self) -> int:
        return self.frame[: self.frame.index("LINE")].count("\n") + 1

    def takes(self, compiler: str) -> bool:
        return self.only in ("", compiler)


def _declarations(*rows: tuple[str, ...]) -> list[Case]:
    return [Case(*row[:4], DECLARATION, *row[4:]) for row in rows]


CASES = [
    Case("cast", "integer-to-pointer", "use((char *)address);", "use((char *)0);"),
    Case("cast_sum", "integer-to-pointer", "use((void *)(address + 4));",
         "use(NULL);"),
    Case("cast_enum", "integer-to-pointer", "use((char *)H_BAD_HANDLE);",
         "use((void *)0);"),
    Case("cast_round_trip", "integer-to-pointer",
         "use((char *)((uintptr_t)holder + 4));", "address = (uintptr_t)holder + 4;"),
    Case("cast_function", "integer-to-pointer", "((void (*)(void))address)();",
         "void (*f)(void) = NULL; if (f) f();"),
    Case("cast_macro", "integer-to-pointer",
         "use(AT(address));", "use(AT(&address));",
         "#define AT(x) ((char *)(x))\n" + STATEMENT),
    Case("null_plus", "integer-to-pointer", "use((char *)0 + address);",
         "use((char *)&address + 1);"),
    Case("null_index", "integer-to-pointer", "use(&((char *)0)[address]);",
         "use(&((char *)&address)[1]);"),
    Case("null_member", "integer-to-pointer",
         "use(&((struct holder *)0)->word);",
         "address = offsetof(struct holder, word);"),
    Case("pun", "pointer-cast", "use(((struct holder *)&address)->next);",
         "use(&((unsigned char *)&address)[1]);"),
    Case("pun_void", "pointer-cast", "void *v = &address; holder = v;",
         "void *v = &address; uint16_t *half = v; *half = 1;"),
    Case("pun_argument", "pointer-cast",
         "struct holder *const *h = (void *)&address; use(*h);",
         "const uint8_t *h = (void *)&address; use(h);"),
    Case("pun_list", "pointer-cast",
         "void *v = &address; struct holder *h[] = { v }; use(h[0]);",
         "struct holder *h[] = { holder, 0, NULL }; use(h[0]);"),
    Case("bytes_of_a_pointer", "pointer-cast",
         "*((unsigned char *)&holder) = 1;",
         "address = *((const unsigned char *)&holder);"),
    Case("fill_a_pointer", "pointer-cast",
         "__builtin_memset(&holder, 1, sizeof holder);",
         "__builtin_memset(&address, 1, sizeof address);"),
    Case("copy_to_a_pointer", "pointer-cast",
         "__builtin_memcpy(&holder, &address, 4);",
         "__builtin_memcpy(&address, &holder, 4);"),
    Case("container", "pointer-cast",
         "holder = (struct holder *)((char *)&address - 4);",
         "holder = &(struct holder){ holder, 4 };"),
    Case("opaque", "pointer-cast",
         "struct o; struct o *o = (struct o *)&address; use(o);",
         "struct o; struct o *o = NULL; use(o);"),
    Case("const_away", "const-cast", "*(char *)h_strerror(H_OK) = 0;",
         "use((const unsigned char *)h_strerror(H_OK));"),
    Case("const_of_void", "const-cast",
         "void *v = (void *)(const void *)&address; use(v);",
         "const void *v = (const void *)&address; use(v);"),
    Case("function", "function-cast", "((void (*)(uint32_t))h_putstr)(address);",
         "void (*put)(const char *) = h_putstr; put(\"\");"),
    Case("functions", "const-cast",
         "static uint32_t (*const f[1])(unsigned); uint32_t (**p)(unsigned) = "
         "(uint32_t (**)(unsigned))f; *p = NULL;",
         "static uint32_t (*const f[1])(unsigned); if (f[0]) address = f[0](1);"),
    Case("functions_unlike", "pointer-cast",
         "static uint32_t (*f[1])(unsigned); void (**p)(void) = (void *)f; (*p)();",
         "static uint32_t (*f[1])(unsigned); uint32_t (**p)(unsigned) = f; use(p);"),
    Case("function_as_data", "function-cast", "use((const void *)h_putstr);",
         "use(\"h_putstr\");"),
    Case("assembly", "inline-assembly", "__asm__ volatile(\"cli\");", "use(\"cli\");"),
    Case("assembly_pasted", "inline-assembly",
         "__asm(\"\");", "use(\"__asm__\");"),
    Case("register", "inline-assembly",
         "register uint32_t r __asm__(\"ebx\") = address; address = r + 1;",
         "register uint32_t r = address; address = r + 1;"),
    Case("label", "label-address",
         "void *l = &&out; goto *l; out: address++;", "goto out; out: address++;"),
    Case("frame", "builtin", "use(__builtin_frame_address(0));",
         "address = (uint32_t)__builtin_clz(address | 1);"),
    Case("rdtsc", "builtin", "address = (uint32_t)__builtin_ia32_rdtsc();",
         "address = __builtin_bswap32(address);"),
    Case("atomic", "builtin", "__atomic_store_n(&address, 1, 0);",
         "__builtin_trap();"),
    Case("variable_arguments", "builtin",
         "__builtin_va_list l = { 0 }; use(__builtin_va_arg(l, char *));",
         "__builtin_va_list l = { 0 }; use(l);"),
    Case("undefined", "undefined-symbol",
         "extern uint32_t page_status(uint32_t); address = page_status(address);",
         "address = (uint32_t)h_module_count();"),
    Case("undefined_object", "undefined-symbol",
         "extern uint32_t page_array; seen += page_array;",
         "static uint32_t page_array; seen += ++page_array;"),
    Case("undefined_runtime", "undefined-symbol",
         "seen += (uint32_t)((float)address * 1.5f);",
         "seen += (uint32_t)(((1ull << address) + 5) / (address | 1));", STATEMENT,
         "gcc"),
    *_declarations(
        ("union", "pointer-union", "union both { uint32_t number; char *text; };",
         "union numbers { uint32_t number; uint8_t bytes[4]; };"),
        ("union_inside", "pointer-union",
         "struct box { union { uint32_t n; struct { char *p[2]; } in; } u; };",
         "struct crate { union { uint32_t n; uint64_t m; } u; char *p; };"),
        ("union_function", "pointer-union",
         "union call { uint32_t n; void (*f)(void); };",
         "struct call { uint32_t n; void (*f)(void); };"),
        ("file_assembly", "inline-assembly", "__asm__(\"hlt\");",
         "_Static_assert(1, \"__asm__\");"),
        ("assembly_name", "inline-assembly", "void other(void) __asm__(\"panic\");",
         "void other(void);"),
        ("attribute_section", "attribute",
         "int in_section __attribute__((section(\".h4.tests\")));",
         "extern int in_section; int in_section __attribute__((aligned(8)));"),
        ("attribute_second", "attribute",
         "static __attribute__((unused, __constructor__)) void begin(void) {}",
         "static __attribute__((unused, __cold__)) void begin(void) {}"),
        ("attribute_weak", "attribute", "int weak __attribute__((weak));",
         "static int weak __attribute__((unused));"),
        ("attribute_alias", "attribute",
         "int one_name; extern int another __attribute__((alias(\"one_name\")));",
         "int one_name, another;"),
        ("attribute_common", "attribute", "int in_common __attribute__((common));",
         "int in_common;"),
        ("attribute_sanitize", "attribute",
         "__attribute__((no_sanitize(\"undefined\"))) void blind(void);",
         "__attribute__((noreturn)) void blind(void);"),
        ("pragma", "pragma", "#pragma GCC optimize \"O0\"", "#define pragma"),
        ("pragma_word", "pragma", "_Pragma(\"weak h_putch\")", "#undef pragma"),
        ("line", "line-directive", "#line 2 \"h/h.h\"", "#define line 2"),
        ("line_number", "line-directive", "# 2 \"h/h.h\"", "# define number 2"),
        ("line_digraph", "line-directive", "%:line 2", "%:define digraph 2"),
        ("line_trigraph", "line-directive", "??=line 2", "??=define trigraph 2"),
        ("line_comment", "line-directive", "# /**/ li\\\nne 2",
         "# /**/ un\\\ndef line"),
        ("asks", "header", "#if __has_include(<kernel/cpu.h>)\n#endif",
         "#if defined(H_H)\n#endif"),
        ("thread_local", "thread-local", "static _Thread_local int own;",
         "static int own;"),
        ("shadow", "shadow", "void h_putstrln(const char *text) { (void)text; }",
         "static void h_own(const char *text); "
         "static void h_own(const char *text) { (void)text; }"),
        ("shadow_runtime", "shadow",
         "int memcmp(const void *a, const void *b, size_t n) { return a == b && n; }",
         "int compare(const void *a, const void *b, size_t n); "
         "int compare(const void *a, const void *b, size_t n) { return a == b && n; }"),
    ),
]  # fmt: skip
