// SPDX-License-Identifier: MIT
// Has Bochs's debugger write its answers as wholes, loaded in front of it (LD_PRELOAD). By
// itself it takes the buffer away from its standard output, and each part of a line is a
// system call: some 130 for what is asked where a test begins. See bochs_debugger.py.
//
// No header of the C library is needed, which a student's machine may not have.

#define MOST (1 << 16) // of what is longer the first part comes earlier
#define USUAL 8192     // BUFSIZ
#define LAST '?'       // begins the last of the commands that are sent together

typedef struct _IO_FILE FILE;

extern FILE *stdout;

int fflush(FILE *file);
void setbuffer(FILE *file, char *buffer, unsigned long size);
char *fgets_unlocked(char *line, int size, FILE *file);

void setbuf(FILE *file, char *buffer);
char *fgets(char *line, int size, FILE *file);

// Called for the standard output, with NULL, and for others.
void
setbuf(FILE *file, char *buffer)
{
        static char answers[MOST];

        if (file == stdout)
                setbuffer(file, answers, MOST);
        else
                setbuffer(file, buffer, USUAL);
}

// By this the debugger reads its commands. Whoever sends some is waiting for the answer to
// the last: it is on its way before the next one is waited for.
char *
fgets(char *line, int size, FILE *file)
{
        static int was_last;

        if (was_last)
                fflush(stdout);
        char *read = fgets_unlocked(line, size, file);

        was_last = read && *read == LAST;
        return read;
}
