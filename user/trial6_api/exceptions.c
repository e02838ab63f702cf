// SPDX-License-Identifier: MIT
// Trials: exceptions.
#include <h4/act.h>

#include <h4/accidents.h>

#define LABEL 0xFFB0u
#define ARITHMETIC 0x8D5u
#define RESUME                                                                 \
        0x10000u // RF: set in the message, and cleared by the next instruction

// Words of an exception's message, counted from MR1.
enum word {
        EIP = 1,
        EFLAGS,
        NUMBER,
        CODE,
        EDI,
        ESI,
        EBP,
        ESP,
        EBX,
        EDX,
        ECX,
        EAX,
};

static void (*accident)(struct registers *);
static struct registers before, after;

static void
suffer(void)
{
        L4_Set_ExceptionHandler(two);
        before = (struct registers){ 0x0A0A0A0A, 0x0C0C0C0C, 0x0D0D0D0D,
                                     0x0B0B0B0B, 0x0E0E0E0E, 0x05050505,
                                     0x07070707 };
        after = before;
        accident(&after);
}

// The first thread has an accident, the second one handles it: that receives, answers
// with a message of so many words, and receives again.
static struct act *handles, *answers;

static void
happen(void (*what)(struct registers *), L4_Word_t words)
{
        accident = what;
        handles = receive(2, L4_anythread);
        answers = act(2, one, L4_anythread, NEVER);
        answers->tag = TAG(0, words);
        act(1, none, none, 0)->before = suffer;
        make_here(1);
        begin_here(2);
        launch(1);
        settle();
}

static void
told(L4_Word_t number, L4_Word_t code, const char *ip)
{
        expect_that(handles->over, "the handler is told");
        expect_word(TAG(LABEL, 12), handles->result.raw, "the tag");
        expect_word(utcb_here(1) + 0x100, handles->from.raw, "from whom");
        expect_word((L4_Word_t)(uintptr_t)ip, handles->mr[EIP], "MR1: EIP");
        expect_word(number, handles->mr[NUMBER], "MR3: the number");
        expect_word(code, handles->mr[CODE], "MR4: the code");
        expect_word(before.edi, handles->mr[EDI], "MR5: EDI");
        expect_word(before.esi, handles->mr[ESI], "MR6: ESI");
        expect_word(before.ebp, handles->mr[EBP], "MR7: EBP");
        expect_word(before.ebx, handles->mr[EBX], "MR9: EBX");
        expect_word(before.edx, handles->mr[EDX], "MR10: EDX");
        expect_word(before.ecx, handles->mr[ECX], "MR11: ECX");
        expect_word(before.eax, handles->mr[EAX], "MR12: EAX");
        expect_word(handles->first + 13, handles->mr[13], "MR13 stays");
}

#define EXCEPTION(name, number, code)                                          \
        TRIAL(exception_##name)                                                \
        {                                                                      \
                happen(accident_##name, 0);                                    \
                told(number, code, accident_##name##_ip);                      \
        }

EXCEPTION(undefined_instruction, 6, 0)
EXCEPTION(breakpoint, 3, 0)
EXCEPTION(overflow, 4, 0)
EXCEPTION(out_of_bounds, 5, 0)
EXCEPTION(halt, 13, 0)
EXCEPTION(disable_interrupts, 13, 0)
EXCEPTION(closed_gate, 13, 0x102)
EXCEPTION(call_from_nowhere, 13, 0x402)

// From lab 7 on it is a fault that the pager is told of.
TRIAL(exception_port)
{
        if (has_sigma0())
                return;
        happen(accident_port, 0);
        told(13, 0, accident_port_ip);
}

// The answer has all registers, and of the flags what ExchangeRegisters takes. Number
// and code are not looked at. A handler that makes the answer out of the message:
static L4_Word_t words_of_answer, message[64];
static struct stack handler_stack;

static void
answer_it(void)
{
        L4_ThreadId_t from;

        L4_Wait(&from);
        L4_StoreMRs(0, 64, message);
        message[EFLAGS] &= ~RESUME;
        L4_LoadMR(EIP, (L4_Word_t)(uintptr_t)accident_over);
        L4_LoadMR(EFLAGS, 0xFFFFFFFF);
        L4_LoadMR(NUMBER, 0x99);
        L4_LoadMR(CODE, 0x98);
        for (int i = EDI; i <= EAX; i++)
                if (i != ESP)
                        L4_LoadMR(i, 0x10 + (L4_Word_t)i);
        L4_LoadMR(0, TAG(0x4711, words_of_answer));
        L4_Send(from);
        L4_Sleep(L4_Never);
}

static void
happen_and_answer(L4_Word_t words)
{
        accident = accident_undefined_instruction;
        act(1, none, none, 0)->before = suffer;
        words_of_answer = words;
        make_here(1);
        make_here(2);
        thread_start(two, answer_it, &handler_stack);
        launch(1);
        settle();
        expect_word(2, state_of(one), "it has gone on, to its end");
}

TRIAL(the_answer_is_all_registers)
{
        happen_and_answer(12);
        expect_word(0x10 + EDI, after.edi, "EDI");
        expect_word(0x10 + ESI, after.esi, "ESI");
        expect_word(0x10 + EBP, after.ebp, "EBP");
        expect_word(0x10 + EBX, after.ebx, "EBX");
        expect_word(0x10 + EDX, after.edx, "EDX");
        expect_word(0x10 + ECX, after.ecx, "ECX");
        expect_word(0x10 + EAX, after.eax, "EAX");
        expect_word(message[EFLAGS] | ARITHMETIC, accident_flags,
                    "of the flags only these");
}

TRIAL(a_short_answer_leaves_registers)
{
        happen_and_answer(5);
        expect_word(0x10 + EDI, after.edi, "EDI has come");
        expect_word(before.esi, after.esi, "ESI has not");
        expect_word(before.eax, after.eax, "EAX has not");
        expect_word(message[EFLAGS] | ARITHMETIC, accident_flags,
                    "the flags have");
}

TRIAL(an_answer_of_one_word)
{
        happen_and_answer(1);
        expect_word(before.edi, after.edi, "EDI");
        expect_word(message[EFLAGS], accident_flags, "the flags");
}

// Without words it is tried again.
TRIAL(an_answer_without_words)
{
        happen(accident_undefined_instruction, 0);
        told(6, 0, accident_undefined_instruction_ip);
        expect_that(answers->over, "the handler is told again");
        expect_word(handles->mr[EIP], answers->mr[EIP], "of the same");
}

// Nobody to tell: the thread is halted at the instruction.
static void
have_accident(void)
{
        struct registers some = { 0 };

        accident(&some);
}

TRIAL(an_exception_without_a_handler)
{
        accident = accident_undefined_instruction;
        act(1, none, none, 0)->before = have_accident;
        begin_here(1);
        settle();
        expect_word(2, state_of(one), "it is halted");
        expect_word((L4_Word_t)(uintptr_t)accident_undefined_instruction_ip,
                    exchange_control(one, 0).ip, "at the instruction");
}

TRIAL(a_handler_that_is_nobody)
{
        accident = accident_undefined_instruction;
        act(1, none, none, 0)->before = suffer;
        begin_here(1); // the second thread is not there
        settle();
        expect_word(2, state_of(one), "it is halted");
}

TRIAL(a_handler_that_ends)
{
        happen(accident_undefined_instruction, 0);
        exchange_control(two, 0x101);
        settle();
        expect_word(6, state_of(one), "it waits for an answer");
        thread_end(2);
        expect_word(2, state_of(one), "it is halted");
        expect_word((L4_Word_t)(uintptr_t)accident_undefined_instruction_ip,
                    exchange_control(one, 0).ip, "at the instruction");
}

// INT3 does nothing then.
TRIAL(a_breakpoint_without_a_handler)
{
        accident = accident_breakpoint;
        act(1, none, none, 0)->before = have_accident;
        begin_here(1);
        settle();
        expect_word(2, state_of(one), "it has gone on, to its end");
        expect_that(exchange_control(one, 0).ip !=
                            (L4_Word_t)(uintptr_t)accident_breakpoint_ip,
                    "and is not at the instruction");
}

// Exceptions leave message registers and error code alone.
static struct act kept;

static void
suffer_between_messages(void)
{
        L4_Word_t *mr = __L4_X86_Utcb();

        for (L4_Word_t i = 0; i < 64; i++)
                mr[i] = 0xAB000000 + i;
        __L4_TCR_Set_ErrorCode(UNWRITTEN);
        suffer();
        for (L4_Word_t i = 0; i < 64; i++)
                kept.mr[i] = mr[i];
        kept.error = L4_ErrorCode();
}

TRIAL(an_exception_leaves_registers_alone)
{
        accident = accident_undefined_instruction;
        act(1, none, none, 0)->before = suffer_between_messages;
        words_of_answer = 12;
        make_here(1);
        make_here(2);
        thread_start(two, answer_it, &handler_stack);
        launch(1);
        settle();
        for (L4_Word_t i = 0; i < 64; i++)
                expect_word(0xAB000000 + i, kept.mr[i], "a message register");
        expect_word(UNWRITTEN, kept.error, "the error code");
}

TRIAL(an_exception_is_cancelled)
{
        happen(accident_undefined_instruction, 1);
        exchange_control(two, 0x101);
        // The answer's EIP was no place to go on: it faults, and its pager is asleep.
        struct exchanged all = {
                .control = 0x16,
                .ip = (L4_Word_t)(uintptr_t)accident_over,
        };
        exchange_all(one, &all);
        settle();
        expect_word(before.eax, after.eax, "EAX as it was");
        expect_word(2, state_of(one), "it has gone on, to its end");
}

// The unit for floating point and LOCK NOP are no exceptions.
static volatile double product = 3;

static void
calculate(void)
{
        L4_Set_ExceptionHandler(two);
        product *= 7;
        L4_KernelInterface(0, 0, 0);
}

TRIAL(no_exceptions_of_the_unit)
{
        struct act *waits = receive(2, L4_anythread);

        act(1, none, none, 0)->before = calculate;
        make_here(1);
        begin_here(2);
        launch(1);
        settle();
        expect_waiting(waits, "the handler");
        expect_that(product == 21, "3 times 7");
}
