// SPDX-License-Identifier: MIT
// Numbers and texts as characters. The contract is in format.h.
#include "format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIGITS 22 // of 2^64 - 1, in octal
#define PARTS 4   // of 16 bits, of a number of 64

struct output {
        void (*put)(void *to, char character);
        void *to;
        int count;
};

// What stands between '%' and the letter.
struct field {
        bool left;
        bool zeros;
        unsigned width;
        unsigned precision; // of a text: at most so many characters
        unsigned longs;     // of a number: 0 int, 1 long, 2 long long
};

static void
put(struct output *out, char character)
{
        out->put(out->to, character);
        out->count++;
}

static void
put_times(struct output *out, char character, unsigned times)
{
        while (times-- > 0)
                put(out, character);
}

// `count` characters behind a sign, if there is one, in their field.
static void
put_field(struct output *out, const struct field *field, const char *sign,
          const char *text, unsigned count)
{
        unsigned all = count + (*sign ? 1 : 0);
        unsigned rest = field->width > all ? field->width - all : 0;

        if (!field->left && !field->zeros)
                put_times(out, ' ', rest);
        if (*sign)
                put(out, *sign);
        if (!field->left && field->zeros)
                put_times(out, '0', rest);
        for (unsigned i = 0; i < count; i++)
                put(out, text[i]);
        if (field->left)
                put_times(out, ' ', rest);
}

static void
put_text(struct output *out, struct field *field, const char *text)
{
        unsigned count = 0;

        if (!text)
                text = "(null)";
        while (count < field->precision && text[count])
                count++;
        field->zeros = false;
        put_field(out, field, "", text, count);
}

// Divides, by parts of 16 bits from the highest one down, so that the compiler needs
// nobody's help with 64 bits. Returns the remainder.
static unsigned
divide(uint64_t *number, unsigned divisor)
{
        uint64_t quotient = 0;
        uint32_t rest = 0;

        for (int part = PARTS - 1; part >= 0; part--) {
                uint32_t digits =
                        rest << 16 | (uint32_t)(*number >> part * 16 & 0xFFFF);
                quotient = quotient << 16 | digits / divisor;
                rest = digits % divisor;
        }
        *number = quotient;
        return rest;
}

static void
put_number(struct output *out, const struct field *field, const char *sign,
           uint64_t number, unsigned base, const char *digits)
{
        char text[DIGITS];
        unsigned at = DIGITS;

        do
                text[--at] = digits[divide(&number, base)];
        while (number > 0);
        put_field(out, field, sign, &text[at], DIGITS - at);
}

static void
put_signed(struct output *out, const struct field *field, int64_t number)
{
        uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

        put_number(out, field, number < 0 ? "-" : "", size, 10, "0123456789");
}

static unsigned
read_number(const char **format)
{
        unsigned number = 0;

        while (**format >= '0' && **format <= '9')
                number = number * 10 + (unsigned)(*(*format)++ - '0');
        return number;
}

static struct field
read_field(const char **format, va_list *arguments)
{
        struct field field = { .precision = UINT32_MAX };

        for (;; (*format)++)
                if (**format == '-')
                        field.left = true;
                else if (**format == '0')
                        field.zeros = true;
                else
                        break;
        if (**format == '*') {
                field.width = (unsigned)va_arg(*arguments, int);
                (*format)++;
        } else {
                field.width = read_number(format);
        }
        if (**format == '.') {
                (*format)++;
                field.precision = read_number(format);
        }
        // int and shorter ones come as int, size_t as long.
        for (;; (*format)++)
                if (**format == 'l')
                        field.longs++;
                else if (**format == 'z')
                        field.longs = 1;
                else if (**format != 'h')
                        return field;
}

static uint64_t
unsigned_argument(const struct field *field, va_list *arguments)
{
        if (field->longs >= 2)
                return va_arg(*arguments, unsigned long long);
        if (field->longs == 1)
                return va_arg(*arguments, unsigned long);
        return va_arg(*arguments, unsigned);
}

static int64_t
signed_argument(const struct field *field, va_list *arguments)
{
        if (field->longs >= 2)
                return va_arg(*arguments, long long);
        if (field->longs == 1)
                return va_arg(*arguments, long);
        return va_arg(*arguments, int);
}

// What one letter says. What is unknown is put as it stands.
static void
put_argument(struct output *out, struct field *field, char letter,
             va_list *arguments)
{
        static const char small[] = "0123456789abcdef";
        static const char large[] = "0123456789ABCDEF";
        char character;

        switch (letter) {
        case 'd':
        case 'i':
                put_signed(out, field, signed_argument(field, arguments));
                break;
        case 'u':
                put_number(out, field, "", unsigned_argument(field, arguments),
                           10, small);
                break;
        case 'o':
                put_number(out, field, "", unsigned_argument(field, arguments),
                           8, small);
                break;
        case 'x':
        case 'X':
                put_number(out, field, "", unsigned_argument(field, arguments),
                           16, letter == 'x' ? small : large);
                break;
        case 'p':
                put_number(out, field, "",
                           (uintptr_t)va_arg(*arguments, void *), 16, small);
                break;
        case 's':
                put_text(out, field, va_arg(*arguments, const char *));
                break;
        case 'c':
                character = (char)va_arg(*arguments, int);
                field->zeros = false;
                put_field(out, field, "", &character, 1);
                break;
        default:
                put(out, letter);
        }
}

int
__l4_format(void (*to_put)(void *to, char character), void *to,
            const char *format, va_list arguments)
{
        struct output out = { to_put, to, 0 };
        va_list rest;

        va_copy(rest, arguments);
        while (*format) {
                if (*format != '%') {
                        put(&out, *format++);
                        continue;
                }
                format++;
                struct field field = read_field(&format, &rest);
                if (!*format)
                        break;
                put_argument(&out, &field, *format++, &rest);
        }
        va_end(rest);
        return out.count;
}
