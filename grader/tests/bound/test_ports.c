// SPDX-License-Identifier: MIT
// Ports that programs use themselves: each one is open or closed, in ring 3.
#include "plain.h"

#define GP 13u
#define RANGES H_PORT_RANGES

// The ports in DX.
extern const struct user_code reads_byte, reads_half, reads_word, writes_byte;
CODE(reads_byte, "inb %dx, %al\n");
CODE(reads_half, "inw %dx, %ax\n");
CODE(reads_word, "inl %dx, %eax\n");
CODE(writes_byte, "outb %al, %dx\n");

static const struct {
        const char *name;
        const struct user_code *code;
        uint32_t ports;
} uses[] = {
        { "INB", &reads_byte, 1 },
        { "INW", &reads_half, 2 },
        { "INL", &reads_word, 4 },
        { "OUTB", &writes_byte, 1 },
};

// Ports where no device is, of those that H lends: LPT2, COM4, NE2000, COM3.
static const struct h_port_range lent[] = {
        { 0x278, 0x27F },
        { 0x2E8, 0x2EF },
        { 0x300, 0x31F },
        { 0x3E8, 0x3EF },
};

// And others around them, and from all of the map.
static const uint16_t others[] = {
        0,     0x20,  0x21,  0x40,  0x43,  0x61,   0x64,   0x70,
        0xA1,  0x277, 0x280, 0x2E7, 0x2F0, 0x2FF,  0x320,  0x3E7,
        0x3F0, 0x3FF, 0x400, 0xCF8, 0xCFC, 0x8004, 0xFFFC, 0xFFFF,
};

#define OTHERS (sizeof(others) / sizeof(others[0]))

// What each context may use.
static struct {
        struct h_port_range ranges[RANGES];
        size_t count;
} given[USERS_CONTEXTS];

static const enum user users_here[] = { USER_A, USER_B, USER_C };

static bool
is_open(enum user who, uint32_t port)
{
        for (size_t i = 0; i < given[who].count; i++)
                if (port >= given[who].ranges[i].first &&
                    port <= given[who].ranges[i].last)
                        return true;
        return false;
}

// An instruction that uses ports from `port` on.
static void
tries(enum user who, size_t use, uint32_t port)
{
        bool open = true;

        for (uint32_t i = 0; i < uses[use].ports; i++)
                open = open && is_open(who, port + i);
        plain_program(SPACE_1, who, uses[use].code);
        users_set(who, H_EDX, port);
        struct h_interrupt out = runs(SPACE_1, who);
        if (out.vector != (open ? H_VECTOR_SYSTEM_CALL : GP))
                fail("%s of port 0x%x by the context in slot %u, for which it "
                     "is %s, comes to vector %u",
                     uses[use].name, port, who, open ? "open" : "closed",
                     out.vector);
        expect_hex(0, out.code, "%s: the error code", uses[use].name);
}

static uint32_t
any_lent(void)
{
        const struct h_port_range *range = &lent[random_below(4)];

        return range->first + random_below(range->last - range->first + 1u);
}

// All eight bits of some byte of the map, and of the two beside it; and some other
// ports.
static void
tries_ports(enum user who)
{
        const uint32_t around = (any_lent() & ~7u) - 4;

        for (uint32_t i = 0; i < 16; i++)
                tries(who, random_below(4), around + i);
        for (unsigned i = 0; i < 4; i++)
                tries(who, 0, others[random_below(OTHERS)]);
}

static struct h_port_range
any_range(void)
{
        const struct h_port_range *all = &lent[random_below(4)];
        const uint32_t count = all->last - all->first + 1u;
        const uint32_t first = random_below(count);
        const uint32_t more = random_below(2) ? 0 : random_below(count - first);

        return (struct h_port_range){ (uint16_t)(all->first + first),
                                      (uint16_t)(all->first + first + more) };
}

static void
gives(enum user who, size_t count)
{
        given[who].count = count;
        for (size_t i = 0; i < count; i++)
                given[who].ranges[i] = any_range();
        expect_h(H_OK,
                 h_set_ports(users_context(who), given[who].ranges, count),
                 "h_set_ports of %u ranges", (unsigned)count);
}

// The next owner of a slot has no ports.
static void
frees(enum user who)
{
        struct h_fault_context next;

        expect_h(H_OK, h_free_fault_context(users_context(who)),
                 "h_free_fault_context");
        expect_h(H_OK, h_alloc_fault_context(&next), "h_alloc_fault_context");
        expect_number(who, next.slot, "the slot of the next context");
        given[who].count = 0;
}

static void
ports_begin(void)
{
        users_begin();
        for (unsigned i = 0; i < USERS_CONTEXTS; i++)
                given[i].count = 0;
}

TEST(ports_open_and_close)
{
        ports_begin();
        for (unsigned i = 0; i < 60; i++) {
                enum user who = users_here[random_below(3)];

                switch (random_below(4)) {
                case 0:
                        gives(who, random_below(RANGES + 1));
                        break;
                case 1:
                        frees(who);
                        if (random_below(2))
                                gives(who, 1);
                        break;
                }
                tries_ports(users_here[random_below(3)]);
        }
}

// One port alone: none of the byte's others, whoever has run before.
TEST(a_single_port_opens)
{
        ports_begin();
        for (uint32_t port = 0x2E8; port < 0x2F0; port++) {
                const struct h_port_range one = { (uint16_t)port,
                                                  (uint16_t)port };

                given[USER_A].count = 1;
                given[USER_A].ranges[0] = one;
                expect_h(H_OK, h_set_ports(users_context(USER_A), &one, 1),
                         "h_set_ports of port 0x%x", port);
                for (uint32_t i = 0x2E7; i <= 0x2F0; i++) {
                        tries(USER_A, 0, i);
                        tries(USER_A, 1, i);
                        tries(USER_B, 0, i);
                }
        }
}

static void
refuses(enum h_error error, struct h_fault_context context, uint32_t first,
        uint32_t last, size_t count)
{
        struct h_port_range ranges[RANGES + 1];

        // The last one is what is wrong.
        for (size_t i = 0; i < count; i++)
                ranges[i] = (struct h_port_range){ 0x3E8, 0x3EF };
        if (count > 0)
                ranges[count - 1] = (struct h_port_range){ (uint16_t)first,
                                                           (uint16_t)last };
        expect_h(error, h_set_ports(context, ranges, count),
                 "h_set_ports of %u ranges, the last one from 0x%x to 0x%x",
                 (unsigned)count, first, last);
}

TEST(ports_that_are_refused_stay_closed)
{
        ports_begin();
        gives(USER_A, 3);
        gives(USER_B, 2);
        const struct h_fault_context a = users_context(USER_A);
        const struct h_fault_context stale = { a.slot, a.generation + 1 };
        for (unsigned i = 0; i < 2; i++) {
                tries_ports(USER_A);
                refuses(H_BAD_HANDLE, stale, 0x3E8, 0x3E8, 1);
                refuses(H_CAPACITY, a, 0x3E8, 0x3E8, RANGES + 1);
                refuses(H_PORT, a, 0x20, 0x21, 1);
                refuses(H_PORT, a, 0x64, 0x64, 1);
                refuses(H_PORT, a, 0x2E7, 0x2E8, 2);
                refuses(H_PORT, a, 0x2EF, 0x2F0, RANGES);
                refuses(H_PORT, a, 0x2EF, 0x2E8, 3);
                refuses(H_PORT, a, 0, 0xFFFF, 1);
                for (unsigned j = 0; j < 3; j++)
                        tries_ports(USER_A);
                tries_ports(USER_B);
        }
        expect_h(H_OK, h_set_ports(a, NULL, 0), "h_set_ports of none");
        given[USER_A].count = 0;
        tries_ports(USER_A);
        refuses(H_OK, a, 0x3EF, 0x3EF, RANGES);
}
