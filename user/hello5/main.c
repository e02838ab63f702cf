// SPDX-License-Identifier: MIT
// The first program on L4: it reads the kernel interface page and says so on the
// serial line, and has nothing more to do. It needs neither messages nor a library.
#include <stdint.h>

const uint32_t *find_kip(void);
void thread_switch(const uint32_t *kip, uint32_t to);
int main(void);

#define MAGIC 0x4BE6344Cu // at the beginning of the page
#define API_VERSION 1     // words behind it

#define LINE 0x3F8
#define LINE_STATUS (LINE + 5)
#define LINE_EMPTY 0x20

static uint8_t
status(void)
{
        uint8_t found;

        __asm__ volatile("inb %1, %0"
                         : "=a"(found)
                         : "Nd"((uint16_t)LINE_STATUS));
        return found;
}

static void
put(char character)
{
        while ((status() & LINE_EMPTY) == 0)
                continue;
        __asm__ volatile("outb %0, %1"
                         :
                         : "a"(character), "Nd"((uint16_t)LINE));
}

static void
put_text(const char *text)
{
        for (; *text; text++)
                put(*text);
}

static void
put_hex(uint32_t number)
{
        for (int shift = 28; shift >= 0; shift -= 4)
                put("0123456789abcdef"[number >> shift & 0xF]);
}

int
main(void)
{
        const uint32_t *kip = find_kip();

        if (*kip != MAGIC) {
                put_text("hello5: there is no kernel interface page.\n");
        } else {
                put_text("hello5: the kernel interface page is at 0x");
                put_hex((uint32_t)(uintptr_t)kip);
                put_text(", version 0x");
                put_hex(kip[API_VERSION]);
                put_text(".\n");
        }
        for (;;)
                thread_switch(kip, 0);
}
