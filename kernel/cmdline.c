// SPDX-License-Identifier: MIT
#include <kernel/cmdline.h>
#include <kernel/string.h>

static bool
separates(char character)
{
        return character == ' ' || character == '\t' || character == ',' ||
               character == '"' || character == '\'';
}

// Where the value of the option begins, or null.
static const char *
find(const char *line, const char *name)
{
        size_t length = strlen(name);

        while (*line != '\0') {
                while (separates(*line))
                        line++;
                size_t same = 0;
                while (same < length && line[same] == name[same])
                        same++;
                if (same == length && line[same] == '=')
                        return line + same + 1;
                while (*line != '\0' && !separates(*line))
                        line++;
        }
        return NULL;
}

static size_t
word_length(const char *word)
{
        size_t length = 0;

        while (word[length] != '\0' && !separates(word[length]))
                length++;
        return length;
}

bool
cmdline_value(const char *line, const char *name, char *value, size_t size)
{
        const char *found = find(line, name);
        if (!found)
                return false;
        size_t length = word_length(found);
        if (length >= size)
                return false;

        memcpy(value, found, length);
        value[length] = '\0';
        return true;
}

// The value of a digit, or 16 for what is none.
static unsigned
digit(char character)
{
        if (character >= '0' && character <= '9')
                return (unsigned)(character - '0');
        if (character >= 'a' && character <= 'f')
                return (unsigned)(character - 'a') + 10;
        if (character >= 'A' && character <= 'F')
                return (unsigned)(character - 'A') + 10;
        return 16;
}

bool
cmdline_number(const char *line, const char *name, uint32_t *number)
{
        const char *found = find(line, name);
        if (!found)
                return false;
        size_t length = word_length(found);
        unsigned base = 10;
        if (length > 2 && found[0] == '0' && found[1] == 'x') {
                base = 16;
                found += 2;
                length -= 2;
        }
        if (length == 0)
                return false;

        uint32_t value = 0;
        for (size_t i = 0; i < length; i++) {
                unsigned next = digit(found[i]);
                if (next >= base || value > (UINT32_MAX - next) / base)
                        return false;
                value = value * base + next;
        }
        *number = value;
        return true;
}
