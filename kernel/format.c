// SPDX-License-Identifier: MIT
#include <kernel/format.h>
#include <kernel/string.h>
#include <kernel/types.h>

// Where the text goes, and how long it has become.
struct output {
        format_sink *put;
        void *context;
        size_t length;
};

// One conversion: %[flags][width][.precision][length]kind.
struct conversion {
        bool left;        // '-': blanks come behind
        bool zeros;       // '0': zeros fill the width, not blanks
        unsigned width;   // the fewest characters
        size_t precision; // for strings: the most
        unsigned longs;   // 0: int, 1: long, 2: long long
        bool size;        // size_t
        char kind;
};

#define NO_LIMIT ((size_t)-1)

// Enough for 64 bits in decimal, with a sign.
#define DIGITS 24

static void
put(struct output *out, char character)
{
        out->put(out->context, character);
        out->length++;
}

static void
put_many(struct output *out, char character, size_t count)
{
        while (count-- > 0)
                put(out, character);
}

// Puts prefix and text, filled up to the conversion's width.
static void
put_field(struct output *out, const struct conversion *how, const char *prefix,
          const char *text, size_t length)
{
        size_t prefix_length = strlen(prefix);
        size_t used = prefix_length + length;
        size_t fill = how->width > used ? how->width - used : 0;

        if (!how->left && !how->zeros)
                put_many(out, ' ', fill);
        for (size_t i = 0; i < prefix_length; i++)
                put(out, prefix[i]);
        if (!how->left && how->zeros)
                put_many(out, '0', fill);
        for (size_t i = 0; i < length; i++)
                put(out, text[i]);
        if (how->left)
                put_many(out, ' ', fill);
}

static void
put_number(struct output *out, const struct conversion *how, const char *prefix,
           unsigned long long value, unsigned base)
{
        const char *names =
                how->kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
        char digits[DIGITS];
        size_t first = DIGITS;

        do {
                digits[--first] = names[value % base];
                value /= base;
        } while (value != 0);
        put_field(out, how, prefix, digits + first, DIGITS - first);
}

static void
put_string(struct output *out, struct conversion how, const char *text)
{
        size_t length = 0;

        if (!text)
                text = "(null)";
        while (length < how.precision && text[length] != '\0')
                length++;
        how.zeros = false;
        put_field(out, &how, "", text, length);
}

static void
put_pointer(struct output *out, struct conversion how, const void *pointer)
{
        how.kind = 'x';
        how.zeros = true;
        how.left = false;
        how.width = 2 + 2 * sizeof(pointer);
        put_number(out, &how, "0x", (uintptr_t)pointer, 16);
}

static unsigned long long
next_unsigned(const struct conversion *how, va_list *arguments)
{
        if (how->size)
                return va_arg(*arguments, size_t);
        if (how->longs == 0)
                return va_arg(*arguments, unsigned);
        if (how->longs == 1)
                return va_arg(*arguments, unsigned long);
        return va_arg(*arguments, unsigned long long);
}

static long long
next_signed(const struct conversion *how, va_list *arguments)
{
        if (how->size)
                return va_arg(*arguments, ptrdiff_t);
        if (how->longs == 0)
                return va_arg(*arguments, int);
        if (how->longs == 1)
                return va_arg(*arguments, long);
        return va_arg(*arguments, long long);
}

static void
put_signed(struct output *out, const struct conversion *how, long long value)
{
        // The most negative number has no positive counterpart: it is negated
        // without a sign.
        unsigned long long size = (unsigned long long)value;

        if (value < 0)
                put_number(out, how, "-", 0 - size, 10);
        else
                put_number(out, how, "", size, 10);
}

// Widths and precisions beyond this are nonsense, and would make the sum wrap.
#define LARGEST_WIDTH 10000u

// Reads a width or precision at `text`, and returns where it ends.
static const char *
read_count(const char *text, va_list *arguments, unsigned *count,
           bool *negative)
{
        *count = 0;
        *negative = false;
        if (*text == '*') {
                int value = va_arg(*arguments, int);
                *negative = value < 0;
                *count = value < 0 ? 0 - (unsigned)value : (unsigned)value;
                text++;
        } else {
                for (; *text >= '0' && *text <= '9'; text++)
                        if (*count <= LARGEST_WIDTH)
                                *count = *count * 10 + (unsigned)(*text - '0');
        }
        if (*count > LARGEST_WIDTH)
                *count = LARGEST_WIDTH;
        return text;
}

// Reads what follows a '%', and returns where the kind stands.
static const char *
read_conversion(const char *text, struct conversion *how, va_list *arguments)
{
        bool negative;

        *how = (struct conversion){ .precision = NO_LIMIT };
        for (; *text == '0' || *text == '-'; text++) {
                how->zeros |= *text == '0';
                how->left |= *text == '-';
        }
        text = read_count(text, arguments, &how->width, &negative);
        how->left |= negative;
        if (*text == '.') {
                unsigned most;
                text = read_count(text + 1, arguments, &most, &negative);
                how->precision = negative ? NO_LIMIT : most;
        }
        for (; *text == 'l' && how->longs < 2; text++)
                how->longs++;
        if (*text == 'z' && how->longs == 0) {
                how->size = true;
                text++;
        }
        how->kind = *text;
        return text;
}

// Puts one conversion; false when its kind is unknown.
static bool
put_conversion(struct output *out, const struct conversion *how,
               va_list *arguments)
{
        switch (how->kind) {
        case 'd':
        case 'i':
                put_signed(out, how, next_signed(how, arguments));
                return true;
        case 'u':
                put_number(out, how, "", next_unsigned(how, arguments), 10);
                return true;
        case 'x':
        case 'X':
                put_number(out, how, "", next_unsigned(how, arguments), 16);
                return true;
        case 'c': {
                struct conversion plain = *how;
                char character = (char)va_arg(*arguments, int);
                plain.zeros = false;
                put_field(out, &plain, "", &character, 1);
                return true;
        }
        case 's':
                put_string(out, *how, va_arg(*arguments, const char *));
                return true;
        case 'p':
                put_pointer(out, *how, va_arg(*arguments, const void *));
                return true;
        case '%':
                put(out, '%');
                return true;
        default:
                return false;
        }
}

size_t
vformat_to(format_sink *sink, void *context, const char *text,
           va_list arguments)
{
        struct output out = { .put = sink, .context = context };
        va_list rest;

        va_copy(rest, arguments);
        while (*text != '\0') {
                if (*text != '%') {
                        put(&out, *text++);
                        continue;
                }
                struct conversion how;
                const char *kind = read_conversion(text + 1, &how, &rest);
                if (put_conversion(&out, &how, &rest))
                        text = kind + 1;
                else
                        put(&out, *text++);
        }
        va_end(rest);
        return out.length;
}

struct buffer {
        char *next;
        size_t room;
};

static void
to_buffer(void *context, char character)
{
        struct buffer *buffer = context;

        if (buffer->room == 0)
                return;
        *buffer->next++ = character;
        buffer->room--;
}

size_t
vformat(char *out, size_t size, const char *text, va_list arguments)
{
        struct buffer buffer = { out, size > 0 ? size - 1 : 0 };
        size_t length = vformat_to(to_buffer, &buffer, text, arguments);

        if (size > 0)
                *buffer.next = '\0';
        return length;
}

size_t
format(char *out, size_t size, const char *text, ...)
{
        va_list arguments;

        va_start(arguments, text);
        size_t length = vformat(out, size, text, arguments);
        va_end(arguments);
        return length;
}
