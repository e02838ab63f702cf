// SPDX-License-Identifier: MIT
// Calls at random that concern contexts, lines and the timer: mostly such as can
// succeed. See choose.h.
#include "choose.h"

uint16_t
a_live_context(struct source *source)
{
        uint16_t numbers[MODEL_CONTEXTS];
        uint32_t count = 0;

        for (unsigned i = 0; i < MODEL_CONTEXTS; i++)
                if (model.contexts[i].live)
                        numbers[count++] = run_context_call(i);
        return count > 0 ? numbers[source_below(source, count)] : 0;
}

// One that can be handed something, mostly.
static uint16_t
a_waiting_context(struct source *source)
{
        uint16_t numbers[MODEL_CONTEXTS];
        uint32_t count = 0;

        for (unsigned i = 0; i < MODEL_CONTEXTS; i++)
                if (model.contexts[i].live && model.contexts[i].in_call)
                        numbers[count++] = run_context_call(i);
        return count > 0 && !once_in(source, 8)
                       ? numbers[source_below(source, count)]
                       : a_live_context(source);
}

static void
a_segment(struct source *source, struct call *out)
{
        static const uint32_t bases[] = { 0,          0x1000,     0x12345678,
                                          0xBFFFF000, 0xBFFFFFFF, 0xC0000000,
                                          0xFFFFFFFF, 0xBFEFF000 };
        static const uint32_t bytes[] = { 0,        1,          4,
                                          0x1000,   0xFFFFF,    0x100000,
                                          0x100001, 0xC0000000, 0xFFFFFFFF };

        out->address[0] = PICK(source, bases);
        out->count = PICK(source, bytes);
        if (once_in(source, 8))
                out->count = any_word(source);
}

static void
some_ports(struct source *source, struct call *out)
{
        static const uint32_t first[] = { 0x60,  0x170, 0x2F8, 0x2FF, 0x300,
                                          0x310, 0x3B0, 0x3C0, 0x3F8 };
        static const uint32_t others[] = { 0x20,  0x40,  0x61,   0x64, 0x92,
                                           0xCF8, 0x3D8, 0xFFFF, 0 };

        out->address[0] =
                once_in(source, 8) ? PICK(source, others) : PICK(source, first);
        out->address[1] = once_in(source, 3) ? source_below(source, 16) : 0;
        if (once_in(source, 32))
                out->address[1] = UINT32_MAX; // ends before it begins
        out->count = source_below(source, once_in(source, 16) ? 12 : 4);
        out->word = once_in(source, 2) ? 0 : out->word;
}

static uint32_t
a_line(struct source *source)
{
        static const uint32_t others[] = { 16, 17, 255, 256, UINT32_MAX };

        return once_in(source, 8) ? PICK(source, others)
                                  : source_below(source, 16);
}

static uint32_t
a_period(struct source *source)
{
        static const uint32_t periods[] = { 0,     99,    100,  1000,
                                            50000, 50001, 54925 };

        return once_in(source, 2) ? PICK(source, periods)
                                  : source_below(source, 60000);
}

// What a program does: see run_programs.c. Half of them leave by SYSENTER.
static uint32_t
a_program(struct source *source)
{
        uint32_t word = any_word(source) & ~0xF8u;
        uint32_t why = once_in(source, 2) ? 1 : source_below(source, 8);

        if (!once_in(source, 4))
                word &= ~1u;
        return word | why << 3;
}

void
generate_context(struct source *source, struct call *out)
{
        uint16_t live = out->kind == HANDOFF ? a_waiting_context(source)
                                             : a_live_context(source);

        out->context = a_handle(source, live, out->number);
        switch (out->kind) {
        case READ_REGISTER:
        case WRITE_REGISTER:
                out->count = once_in(source, 16)
                                     ? any_word(source)
                                     : source_below(source, H_REGISTERS + 1);
                break;
        case SET_GS:
                a_segment(source, out);
                break;
        case SET_PORTS:
                some_ports(source, out);
                break;
        case BIND:
                out->handle[1] = (struct handle){ 0 };
                if (!once_in(source, 4))
                        out->handle[1] = a_handle(
                                source, a_live_mapping(source), out->number);
                out->address[0] = an_offset(source);
                break;
        case HANDOFF:
                out->count = once_in(source, 3) ? 0 : a_count(source, 4);
                out->word = a_program(source);
                break;
        case EXECUTE:
        case RUN_BOUND:
                out->flag = once_in(source, 2);
                out->word = a_program(source);
                break;
        case SET_PERIOD:
                out->count = a_period(source);
                break;
        default:
                out->count = a_line(source);
                break;
        }
}
