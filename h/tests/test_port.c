// SPDX-License-Identifier: MIT
// Every port, in every size: what H lends is passed on, and nothing else is.
#include "check.h"
#include "machine.h"

#include <h/h.h>

// The ports that are lent, one by one: those of the design, in its words.
static bool
lent(uint32_t port)
{
        static const uint16_t serial[] = { 0x3F8, 0x2F8, 0x3E8, 0x2E8 };

        for (size_t i = 0; i < COUNT_OF(serial); i++)
                if (port >= serial[i] && port < serial[i] + 8u)
                        return true;
        bool printer = (port >= 0x378 && port < 0x380) ||
                       (port >= 0x278 && port < 0x280);
        bool video = port >= 0x3B0 && port <= 0x3DF;
        bool disk = (port >= 0x1F0 && port < 0x1F8) ||
                    (port >= 0x170 && port < 0x178) || port == 0x3F6 ||
                    port == 0x376;
        bool network = port >= 0x300 && port < 0x320;
        return printer || video || disk || network || port == 0x60 ||
               port == 0x64;
}

// COM2 and the network card are neighbours; no item belongs to both.
static bool
all_lent(uint32_t port, unsigned bytes)
{
        if (port < 0x300 && port + bytes > 0x300)
                return false;
        for (uint32_t i = 0; i < bytes; i++)
                if (!lent(port + i))
                        return false;
        return true;
}

static enum h_error
in(uint16_t port, unsigned bytes, uint32_t *value)
{
        uint8_t byte = 0x5A;
        uint16_t word = 0x5A5A;
        enum h_error error;

        if (bytes == 4)
                return h_in32(port, value);
        error = bytes == 1 ? h_in8(port, &byte) : h_in16(port, &word);
        *value = bytes == 1 ? byte : word;
        return error;
}

static enum h_error
out(uint16_t port, unsigned bytes, uint32_t value)
{
        if (bytes == 4)
                return h_out32(port, value);
        return bytes == 1 ? h_out8(port, (uint8_t)value)
                          : h_out16(port, (uint16_t)value);
}

static void
what_is_lent_is_passed_on(void **state)
{
        (void)state;
        for (uint32_t port = 0; port <= 0xFFFF; port++)
                for (unsigned bytes = 1; bytes <= 4; bytes *= 2) {
                        bool may = all_lent(port, bytes);
                        uint32_t mask = UINT32_MAX >> (32 - 8 * bytes);
                        uint32_t value = 0;
                        machine_port =
                                (struct machine_port){ .value = 0x12345678 };
                        assert_int_equal(in((uint16_t)port, bytes, &value),
                                         may ? H_OK : H_PORT);
                        assert_int_equal(machine_port.accesses, may);
                        if (may)
                                assert_int_equal(value, 0x12345678 & mask);
                        assert_int_equal(out((uint16_t)port, bytes, 0x21),
                                         may ? H_OK : H_PORT);
                        assert_int_equal(machine_port.accesses, 2 * may);
                        if (!may)
                                continue;
                        assert_int_equal(machine_port.port, port);
                        assert_int_equal(machine_port.bytes, bytes);
                        assert_true(machine_port.out);
                        assert_int_equal(machine_port.value, 0x21);
                }
}

static void
no_command_resets_the_machine(void **state)
{
        (void)state;
        for (uint32_t command = 0; command <= 0xFF; command++) {
                bool harmful = command == 0xD0 || command == 0xD1 ||
                               command == 0xDD || command == 0xDF ||
                               command >= 0xF0;
                machine_port.accesses = 0;
                assert_int_equal(h_out8(0x64, (uint8_t)command),
                                 harmful ? H_PORT : H_OK);
                assert_int_equal(machine_port.accesses, !harmful);
        }
}

int
main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_lent_is_passed_on),
                cmocka_unit_test(no_command_resets_the_machine),
        };
        return cmocka_run_group_tests_name("port", tests, NULL, NULL);
}
