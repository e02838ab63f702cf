// SPDX-License-Identifier: MIT
// Trials: what is in the kernel interface page. Source: l4/README.md.
#include <h4/answers.h>
#include <h4/trial.h>
#include <l4/kip.h>

#define FIELDS 0x100u // bytes
#define PAGE 0x1000u

extern const char start[]; // user/libl4/start.S

static const L4_Word_t *
words(void)
{
        return L4_GetKernelInterface();
}

static L4_Word_t
field(L4_Word_t offset)
{
        return words()[offset / 4];
}

TRIAL(the_page_has_its_fields)
{
        static const struct {
                L4_Word_t offset, value;
                const char *name;
        } due[] = {
                { 0x00, 0x4BE6344C, "00, magic" },
                { 0x04, 0x84050000, "04, API version" },
                { 0x08, 0, "08, API flags" },
                { 0x10, 0, "10, kernel debugger" },
                { 0xA8, 0x000C2401, "A8, UTCBs" },
                { 0xAC, 12, "AC, least KIP area" },
                { 0xB8, 0, "B8, boot information" },
                { 0xC0, 1 | 1000 << 16, "C0, clock" },
                { 0xC4, 17 | 16 << 8 | 48 << 20, "C4, threads" },
                { 0xC8, 0x00401006, "C8, pages" },
                { 0xCC, 4u << 28, "CC, processors" },
        };

        for (L4_Word_t i = 0; i < sizeof(due) / sizeof(due[0]); i++)
                expect_word(due[i].value, field(due[i].offset), due[i].name);
}

// Below 0x100 is nothing that the table does not name.
TRIAL(the_page_has_no_other_fields)
{
        static const L4_Word_t named[FIELDS / 4] = {
                [0x00 / 4] = 1, [0x04 / 4] = 1, [0x08 / 4] = 1, [0x0C / 4] = 1,
                [0x40 / 4] = 1, [0x44 / 4] = 1, [0x48 / 4] = 1, [0x4C / 4] = 1,
                [0x54 / 4] = 1, [0xA8 / 4] = 1, [0xAC / 4] = 1, [0xBC / 4] = 1,
                [0xC0 / 4] = 1, [0xC4 / 4] = 1, [0xC8 / 4] = 1, [0xCC / 4] = 1,
                [0xD0 / 4] = 1, [0xD4 / 4] = 1, [0xD8 / 4] = 1, [0xDC / 4] = 1,
                [0xE0 / 4] = 1, [0xE4 / 4] = 1, [0xE8 / 4] = 1, [0xEC / 4] = 1,
                [0xF0 / 4] = 1, [0xF4 / 4] = 1, [0xF8 / 4] = 1,
        };

        // 20 to 2C are sigma0's, which there is not before lab 7.
        for (L4_Word_t i = 0; i < FIELDS / 4; i++)
                if (!named[i] && !(has_sigma0() && i / 4 == 0x20 / 16))
                        expect_word(0, words()[i], "a word that has no name");
}

TRIAL(the_page_describes_the_kernel)
{
        L4_Word_t at = field(0x0C);
        const char *text = (const char *)words() + at + 16;
        L4_Word_t length = 0;

        expect_that(at >= FIELDS && at < PAGE - 64 && at % 4 == 0,
                    "0C: an offset in the page, behind the fields");
        expect_word(0x48040000, field(at), "the kernel's ID");
        expect_word(0, field(at + 4) >> 16, "the date's upper half");
        expect_that((field(at + 4) & 0x1F) != 0, "a day");
        expect_that((field(at + 4) >> 5 & 0xF) - 1 < 12, "a month");
        expect_that((field(at + 4) >> 9) >= 24, "a year");
        expect_word(0x20203448, field(at + 12), "the supplier: H4");
        while (length < 40 && text[length])
                length++;
        expect_that(length > 0 && length < 40, "the version as text");
        expect_word(0, (L4_Word_t)text[length + 1], "and no features");
}

TRIAL(the_page_describes_the_processor)
{
        L4_Word_t at = field(0xBC);

        expect_that(at >= FIELDS && at <= PAGE - 16 && at % 4 == 0,
                    "BC: an offset in the page, behind the fields");
        expect_word(0, field(at), "external frequency");
        expect_that(field(at + 4) > 100, "internal frequency in kHz");
        expect_word(0, field(at + 8), "the third word");
        expect_word(0, field(at + 12), "the fourth word");
}

TRIAL(the_page_names_the_root_server)
{
        L4_Word_t here = (L4_Word_t)(uintptr_t)words;

        expect_word(0, field(0x40), "the root server's SP");
        expect_word((L4_Word_t)(uintptr_t)start, field(0x44), "its IP");
        expect_that(field(0x48) <= here && here < field(0x4C),
                    "its code is between its first byte and its end");
        expect_word(L4_GlobalId(50, 1).raw, L4_MyGlobalId().raw,
                    "the root server's thread");
        expect_word(ROOT_KIP, (L4_Word_t)(uintptr_t)words(),
                    "where its page is");
        expect_word(ROOT_UTCBS + 0x100, L4_MyLocalId().raw,
                    "where its UTCB is");
}

// Each call begins in the page, behind the fields.
TRIAL(the_page_names_the_calls)
{
        for (L4_Word_t at = 0xD0; at <= 0xF8; at += 4)
                expect_that(field(at) >= FIELDS && field(at) < PAGE,
                            "where a call begins");
        for (L4_Word_t a = 0xD0; a <= 0xF8; a += 4)
                for (L4_Word_t b = 0xD0; b < a; b += 4)
                        if (!(a == 0xE4 && b == 0xE0))
                                expect_that(field(a) != field(b),
                                            "two calls begin at two places");
}

// The type of memory at an address: of several descriptors the last one holds.
static L4_Word_t
type_at(L4_Word_t address)
{
        L4_Word_t type = 0;

        for (L4_Word_t i = 0; i < L4_NumMemoryDescriptors(0); i++) {
                const L4_MemoryDesc_t *one = L4_MemoryDesc(0, i);
                if (!L4_IsMemoryDescVirtual(one) &&
                    L4_MemoryDescLow(one) <= address &&
                    address <= L4_MemoryDescHigh(one))
                        type = L4_MemoryDescType(one) & 0xF;
        }
        return type;
}

TRIAL(the_page_lists_memory)
{
        L4_Word_t reserved = 0, module = 0, user = 0;

        for (L4_Word_t i = 0; i < L4_NumMemoryDescriptors(0); i++) {
                const L4_MemoryDesc_t *one = L4_MemoryDesc(0, i);
                L4_Word_t type = L4_MemoryDescType(one) & 0xF;
                expect_that(L4_MemoryDescLow(one) < L4_MemoryDescHigh(one),
                            "a first byte before the last one");
                expect_word(0, one->raw[1] & 0x3FF, "bits that are 0");
                expect_word(0, one->raw[0] & 0x100, "a bit that is 0");
                reserved += type == 2 ? L4_MemoryDescHigh(one) -
                                                L4_MemoryDescLow(one) + 1
                                      : 0;
                module += type == 14;
                user += L4_IsMemoryDescVirtual(one) &&
                        L4_MemoryDescLow(one) == 0 &&
                        L4_MemoryDescHigh(one) == 0xBFFFFFFF;
        }
        expect_word(1, user, "descriptors of user space");
        expect_that(module > 0, "the boot loader's module is listed");
        expect_that(reserved >= 512 * 1024,
                    "512 KB or more are the kernel's own");
        expect_word(1, type_at((L4_Word_t)(uintptr_t)words),
                    "the type of the program's memory: conventional");
}

TRIAL(the_page_names_no_other_server)
{
        if (has_sigma0())
                expect_that(field(0x28) <= field(0x24) &&
                                    field(0x24) < field(0x2C),
                            "24: sigma0 begins where it lies");
        else
                expect_word(0,
                            field(0x20) | field(0x24) | field(0x28) |
                                    field(0x2C),
                            "there is no sigma0");
        expect_word(0, field(0x30) | field(0x34) | field(0x38) | field(0x3C),
                    "there is no sigma1");
}
