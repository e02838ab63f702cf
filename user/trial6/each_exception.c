// SPDX-License-Identifier: MIT
// Trial: every exception that a program can bring about, in one row.
#include <h4/act.h>

#include <h4/accidents.h>

#define LABEL 0xFFB0u

// Words of an exception's message, counted from MR1.
enum word {
        EIP = 1,
        NUMBER = 3,
        CODE,
        EDI,
        ESI,
        EBP,
        EBX = 9,
        EDX,
        ECX,
        EAX,
};

// The handler lets each go on by one word.
#define ONE(name, number, code)                                                \
        {                                                                      \
#name, accident_##name, accident_##name##_ip, number, code     \
        }

static const struct {
        const char *name;
        void (*happen)(struct registers *);
        const char *ip;
        L4_Word_t number, code;
} kinds[] = {
        ONE(undefined_instruction, 6, 0),
        ONE(breakpoint, 3, 0),
        ONE(overflow, 4, 0),
        ONE(out_of_bounds, 5, 0),
        ONE(halt, 13, 0),
        ONE(disable_interrupts, 13, 0),
        ONE(closed_gate, 13, 0x102),
        ONE(call_from_nowhere, 13, 0x402),
        ONE(port, 13, 0), // from lab 7 on a fault of its own
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static L4_Word_t
kinds_here(void)
{
        return has_sigma0() ? KINDS - 1 : KINDS;
}

static volatile L4_Word_t all_told;
static struct stack stack;
static L4_Word_t said[KINDS][13];
static L4_ThreadId_t said_by[KINDS];
static struct registers registers_of[KINDS];

static void
suffer_all(void)
{
        L4_Set_ExceptionHandler(two);
        for (L4_Word_t i = 0; i < kinds_here(); i++) {
                L4_Word_t base = 0x100 * i;
                registers_of[i] =
                        (struct registers){ base,     base + 1, base + 2,
                                            base + 3, base + 4, base + 5,
                                            base + 6 };
                trying(kinds[i].name);
                kinds[i].happen(&registers_of[i]);
        }
}

static void
handle_all(void)
{
        L4_ThreadId_t from;

        L4_Wait(&from);
        for (;;) {
                if (all_told < KINDS) {
                        L4_StoreMRs(0, 13, said[all_told]);
                        said_by[all_told] = from;
                }
                all_told++;
                L4_LoadMR(EIP, (L4_Word_t)(uintptr_t)accident_over);
                L4_LoadMR(0, TAG(0, 1));
                L4_ReplyWait(from, &from);
        }
}

TRIAL(exceptions_of_each_kind)
{
        act(1, none, none, 0)->before = suffer_all;
        make_here(1);
        make_here(2);
        thread_start(two, handle_all, &stack);
        launch(1);
        settle();
        for (L4_Word_t i = 0; i < kinds_here(); i++) {
                const L4_Word_t *words = said[i];
                expect_that(all_told > i, "the handler is told of each");
                expect_word(utcb_here(1) + 0x100, said_by[i].raw, "from whom");
                expect_word(TAG(LABEL, 12), words[0], "the tag");
                expect_word((L4_Word_t)(uintptr_t)kinds[i].ip, words[EIP],
                            "MR1: EIP");
                expect_word(kinds[i].number, words[NUMBER], "MR3: the number");
                expect_word(kinds[i].code, words[CODE], "MR4: the code");
                expect_word(0x100 * i, words[EAX], "MR12: EAX");
                expect_word(0x100 * i + 1, words[ECX], "MR11: ECX");
                expect_word(0x100 * i + 2, words[EDX], "MR10: EDX");
                expect_word(0x100 * i + 3, words[EBX], "MR9: EBX");
                expect_word(0x100 * i + 4, words[EBP], "MR7: EBP");
                expect_word(0x100 * i + 5, words[ESI], "MR6: ESI");
                expect_word(0x100 * i + 6, words[EDI], "MR5: EDI");
                expect_word(0x100 * i, registers_of[i].eax,
                            "EAX, when it goes on");
        }
        expect_word(kinds_here(), all_told,
                    "how many times the handler is told");
        expect_word(2, state_of(one), "it has gone on, to its end");
}
