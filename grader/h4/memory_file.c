// SPDX-License-Identifier: MIT
// Has Bochs keep the guest's memory in a file that the grader has opened for it, and reads
// as memory of its own: loaded in front of Bochs (LD_PRELOAD). See shared_memory.py.
//
// GUEST_MEMORY is the file's number. It is larger than the guest's memory by what Bochs
// puts behind it, and by no more than ROOM: so the piece is known by its size. Where it is
// not, or the file cannot be used, all is as it is without this.
//
// No header of the C library is needed, which a student's machine may not have.

#define ROOM (4L << 20) // as in shared_memory.py
#define SEEK_END 2
#define READ_WRITE 3 // PROT_READ | PROT_WRITE
#define SHARED 1     // MAP_SHARED

char *getenv(const char *name);
int atoi(const char *number);
long lseek(int file, long offset, int whence);
void *mmap(void *place, unsigned long size, int rights, int flags, int file,
           long offset);

// `new` and `delete` as they are without this, for one object.
void *_Znwm(unsigned long size);
void _ZdlPv(void *piece);

// The same for arrays, which is what Bochs asks for.
void *_Znam(unsigned long size);
void _ZdaPv(void *piece);

// For bochs_twin.c. Invariant: where there is a piece it is that of this file.
void *guest_memory;
unsigned long guest_memory_size;
int guest_memory_file = -1;

static void *
in_the_file(unsigned long size)
{
        const char *number = getenv("GUEST_MEMORY");
        int file = number ? atoi(number) : -1;
        long end = file < 0 ? -1 : lseek(file, 0, SEEK_END);

        if (end < (long)size || end - ROOM >= (long)size)
                return 0;
        void *piece = mmap(0, size, READ_WRITE, SHARED, file, 0);

        if ((long)piece == -1)
                return 0;
        guest_memory = piece;
        guest_memory_size = size;
        guest_memory_file = file;
        return piece;
}

void *
_Znam(unsigned long size)
{
        void *piece = guest_memory ? 0 : in_the_file(size);

        return piece ? piece : _Znwm(size);
}

void
_ZdaPv(void *piece)
{
        if (!piece || piece != guest_memory)
                _ZdlPv(piece);
}
