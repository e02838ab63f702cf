// SPDX-License-Identifier: MIT
// Ports, on devices that answer: a disk that keeps what was written to it, the
// display controller, the keyboard controller, a serial line; and the ports that
// H keeps for itself.
#include <h4/spaces.h>
#include <h4/test.h>
#include <kernel/cpu.h>

#define UNTOUCHED 0xEEEEEEEEu

static uint8_t
get(uint16_t port)
{
        uint8_t value = 0;

        expect_h(H_OK, h_in8(port, &value), "h_in8 of port 0x%x", port);
        return value;
}

static void
put(uint16_t port, uint8_t value)
{
        expect_h(H_OK, h_out8(port, value), "h_out8 of 0x%x to port 0x%x",
                 value, port);
}

// The scratch register of COM1 keeps any byte.
TEST(ports_carry_bytes)
{
        uint8_t was = inb(0x3FF);

        for (unsigned i = 0; i < 256; i++) {
                put(0x3FF, (uint8_t)i);
                expect_hex(i, inb(0x3FF), "the byte that h_out8 wrote");
                outb(0x3FF, (uint8_t)~i);
                expect_hex(~i & 0xFF, get(0x3FF), "the byte that h_in8 read");
        }
        outb(0x3FF, was);
}

// Two ports at once: the number of a register of VGA's, and its value.
TEST(ports_carry_pairs)
{
        uint8_t number = inb(0x3CE);

        outb(0x3CE, 0x08); // the bits of a byte that may be written to
        uint8_t was = inb(0x3CF);
        for (uint32_t i = 1; i < 256; i *= 2) {
                expect_h(H_OK, h_out16(0x3CE, (uint16_t)(i << 8 | 0x08)),
                         "h_out16 to port 0x3ce");
                expect_hex(0x08, inb(0x3CE), "the lower port of h_out16");
                expect_hex(i, inb(0x3CF), "the higher port of h_out16");
                uint16_t both = 0;
                expect_h(H_OK, h_in16(0x3CE, &both), "h_in16 of port 0x3ce");
                expect_hex(i << 8 | 0x08, both, "what h_in16 read");
        }
        outb(0x3CF, was);
        outb(0x3CE, number);
}

// A disk: see ATA-4, 9.7 (PIO data-in and data-out commands).
#define DATA 0x1F0u
#define STATUS 0x1F7u // read; commands when written
#define BUSY 0x80u
#define WANTS_DATA 0x08u
#define READ_SECTORS 0x20u
#define WRITE_SECTORS 0x30u
#define SECTOR_WORDS 128u
#define LAST_SECTORS 16000u // behind all that the loader has put there

static void
command(uint32_t sector, uint8_t code)
{
        put(0x1F6, 0xE0); // the first disk, by the sector's number
        put(0x1F2, 1);
        put(0x1F3, (uint8_t)sector);
        put(0x1F4, (uint8_t)(sector >> 8));
        put(0x1F5, (uint8_t)(sector >> 16));
        put(STATUS, code);
        for (uint32_t i = 0; i < 100000; i++)
                if ((get(STATUS) & (BUSY | WANTS_DATA)) == WANTS_DATA)
                        return;
        fail("the disk does not take command 0x%x, status 0x%x", code,
             get(STATUS));
}

static void
done(void)
{
        for (uint32_t i = 0; i < 100000 && get(STATUS) & BUSY; i++)
                ;
        expect_hex(0, get(STATUS) & (BUSY | WANTS_DATA | 1),
                   "the disk's status after a sector");
}

static uint32_t
word_of(uint32_t sector, uint32_t i)
{
        return (sector * SECTOR_WORDS + i) * 0x9E3779B1u;
}

static void
write_sector(uint32_t sector, bool by_halves)
{
        command(sector, WRITE_SECTORS);
        for (uint32_t i = 0; i < SECTOR_WORDS; i++) {
                uint32_t word = word_of(sector, i);
                if (!by_halves) {
                        expect_h(H_OK, h_out32(DATA, word), "h_out32");
                        continue;
                }
                expect_h(H_OK, h_out16(DATA, (uint16_t)word), "h_out16");
                expect_h(H_OK, h_out16(DATA, (uint16_t)(word >> 16)),
                         "h_out16");
        }
        done();
}

static void
read_sector(uint32_t sector, bool by_halves)
{
        command(sector, READ_SECTORS);
        for (uint32_t i = 0; i < SECTOR_WORDS; i++) {
                uint32_t word = UNTOUCHED;
                uint16_t half = 0;
                if (!by_halves) {
                        expect_h(H_OK, h_in32(DATA, &word), "h_in32");
                } else {
                        expect_h(H_OK, h_in16(DATA, &half), "h_in16");
                        word = half;
                        expect_h(H_OK, h_in16(DATA, &half), "h_in16");
                        word |= (uint32_t)half << 16;
                }
                expect_hex(word_of(sector, i), word,
                           "word %u of sector %u of the disk", i, sector);
        }
        done();
}

TEST(ports_carry_sectors)
{
        put(0x3F6, 0x02); // no interrupts
        for (uint32_t way = 0; way < 4; way++)
                write_sector(LAST_SECTORS + way, way & 1);
        for (uint32_t way = 0; way < 4; way++)
                read_sector(LAST_SECTORS + way, way & 2);
        put(0x3F6, 0);
}

// --- What H keeps -------------------------------------------------------------

static bool
refused(uint16_t port, unsigned bytes)
{
        uint32_t all = UNTOUCHED;
        uint16_t two = (uint16_t)UNTOUCHED;
        uint8_t one = (uint8_t)UNTOUCHED;
        enum h_error in = bytes == 1   ? h_in8(port, &one)
                          : bytes == 2 ? h_in16(port, &two)
                                       : h_in32(port, &all);
        // To ports that would do something with it 0 were harmless.
        enum h_error out = bytes == 1   ? h_out8(port, 0)
                           : bytes == 2 ? h_out16(port, 0)
                                        : h_out32(port, 0);

        return in == H_PORT && out == H_PORT && one == (uint8_t)UNTOUCHED &&
               two == (uint16_t)UNTOUCHED && all == UNTOUCHED;
}

// The ports that are lent, each range with those around it.
static const struct {
        uint16_t first;
        uint16_t last;
} lent[] = {
        { 0x060, 0x060 }, { 0x064, 0x064 }, { 0x170, 0x177 }, { 0x1F0, 0x1F7 },
        { 0x278, 0x27F }, { 0x2E8, 0x2EF }, { 0x2F8, 0x2FF }, { 0x300, 0x31F },
        { 0x376, 0x376 }, { 0x378, 0x37F }, { 0x3B0, 0x3DF }, { 0x3E8, 0x3EF },
        { 0x3F6, 0x3F6 }, { 0x3F8, 0x3FF },
};

static bool
is_lent(uint32_t first, unsigned bytes)
{
        for (size_t i = 0; i < sizeof(lent) / sizeof(lent[0]); i++)
                if (lent[i].first <= first && first + bytes - 1 <= lent[i].last)
                        return true;
        return false;
}

TEST(ports_that_are_not_lent)
{
        for (uint32_t port = 0; port <= 0xFFFF;
             port += port < 0x480 || port >= 0xFFF8 ? 1 : 61)
                for (unsigned bytes = 1; bytes <= 4; bytes *= 2)
                        if (!is_lent(port, bytes) &&
                            !refused((uint16_t)port, bytes))
                                fail("%u bytes at port 0x%x are H's own, and "
                                     "not refused",
                                     bytes, port);
        // PCI configuration, DMA, the timer, A20 and reset by port.
        static const uint16_t kept[] = { 0xCF8, 0xCFC, 0xCF9, 0x92, 0x43,
                                         0x20,  0x08,  0x70,  0xF4, 0x604 };
        for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
                if (!refused(kept[i], 1))
                        fail("port 0x%x is H's own, and not refused", kept[i]);
}

// 0xFF first, which pulls no line and does no harm where it is not refused.
TEST(ports_no_command_resets_the_machine)
{
        for (unsigned command_code = 0xFF; command_code >= 0xD0;
             command_code--) {
                bool harmful = command_code >= 0xF0 || command_code == 0xD0 ||
                               command_code == 0xD1 || command_code == 0xDD ||
                               command_code == 0xDF;
                if (harmful)
                        expect_h(H_PORT, h_out8(0x64, (uint8_t)command_code),
                                 "h_out8 of the command 0x%x to the keyboard "
                                 "controller",
                                 command_code);
        }
        // It is there, though: its self-test answers.
        for (unsigned i = 0; i < 32 && get(0x64) & 1; i++)
                get(0x60);
        put(0x64, 0xAA);
        for (unsigned i = 0; i < 100000 && !(get(0x64) & 1); i++)
                ;
        expect_hex(0x55, get(0x60), "the keyboard controller's self-test");
}
