// SPDX-License-Identifier: MIT
// What makes a Bochs that stands still at its debugger's prompt into two: loaded in
// front of Bochs (LD_PRELOAD), it takes the place of readline, by which Bochs reads
// its commands. See bochs_twin.py.
//
//   twin DIRECTORY    From here on there is a second process, which goes on as this one
//                     would have: it reads its commands from DIRECTORY/in, answers on
//                     DIRECTORY/out, and has the files of that folder in the place of
//                     those of the same names in this one's. Both pipes are there
//                     already, and whoever sent this holds their other ends. Its guest's
//                     memory is in DIRECTORY/memory, a link, which it takes away. It says
//                     `TWIN pid` on the first one's output.
//   bury PID          Waits for the end of that process, and says `BURIED pid status`, as
//                     wait() has it. Nobody else gets its number before.
//
// The first process stands where it stood. Bochs has one thread, so that nothing is
// lost when it is copied.

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// See memory_file.c.
extern void *guest_memory;
extern size_t guest_memory_size;
extern int guest_memory_file;

char *readline(const char *prompt);

static _Noreturn void
give_up(const char *what)
{
        perror(what);
        _exit(1);
}

// Has a descriptor mean a file of this folder, from its beginning.
static void
reopen(int descriptor, const char *name, int flags)
{
        int file = open(name, flags, 0600);

        if (file < 0 || dup2(file, descriptor) < 0)
                give_up(name);
        close(file);
}

// Each open file of the folder `old` becomes the one of its name in this folder.
static void
exchange_files(const char *old)
{
        size_t length = strlen(old);
        DIR *descriptors = opendir("/proc/self/fd");
        struct dirent *entry;

        if (!descriptors)
                give_up("/proc/self/fd");
        while ((entry = readdir(descriptors))) {
                char file[PATH_MAX];
                ssize_t size = readlinkat(dirfd(descriptors), entry->d_name,
                                          file, sizeof file - 1);

                if (size < 0)
                        continue; // . and ..
                file[size] = '\0';
                if (strncmp(file, old, length) == 0 && file[length] == '/')
                        reopen(atoi(entry->d_name), file + length + 1,
                               O_RDWR | O_CREAT);
        }
        closedir(descriptors);
}

// What the guest has in memory so far goes to a file of this folder, which is the piece
// from here on.
static void
move_memory(const char *name)
{
        off_t begin, end = 0;
        int file = open(name, O_RDWR);

        if (file < 0 || unlink(name) != 0)
                give_up(name);
        while ((begin = lseek(guest_memory_file, end, SEEK_DATA)) >= 0) {
                size_t size;

                end = lseek(guest_memory_file, begin, SEEK_HOLE);
                size = (size_t)(end - begin);
                if (pwrite(file, (char *)guest_memory + begin, size, begin) !=
                    (ssize_t)size)
                        give_up(name);
        }
        if (mmap(guest_memory, guest_memory_size, PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED)
                give_up(name);
        close(file);
}

static void
become_twin(const char *directory)
{
        char old[PATH_MAX];

        // It ends with the first process, which ends with whoever writes to it.
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || setsid() < 0)
                give_up("twin");
        if (!getcwd(old, sizeof old) || chdir(directory) != 0)
                give_up(directory);
        exchange_files(old);
        if (!guest_memory)
                give_up("the guest's memory is in no file");
        move_memory("memory");
        reopen(STDIN_FILENO, "in", O_RDONLY);
        int out = dup(STDOUT_FILENO);
        reopen(STDERR_FILENO, "out", O_WRONLY);
        dup2(STDERR_FILENO, STDOUT_FILENO);
        dprintf(out, "\nTWIN %d\n", (int)getpid());
        close(out);
}

static void
make_twin(const char *directory)
{
        fflush(NULL);
        pid_t child = fork();

        if (child < 0)
                give_up("fork");
        if (child == 0)
                become_twin(directory);
}

static void
bury(const char *number)
{
        pid_t child = (pid_t)atol(number);
        int status;

        if (waitpid(child, &status, 0) != child)
                give_up("bury");
        dprintf(STDOUT_FILENO, "\nBURIED %d %d\n", (int)child, status);
}

// What follows a word, in a line that begins with it.
static const char *
behind(const char *word, const char *line)
{
        size_t length = strlen(word);

        return strncmp(line, word, length) == 0 ? line + length : NULL;
}

char *
readline(const char *prompt)
{
        char *(*real)(const char *) =
                (char *(*)(const char *))dlsym(RTLD_NEXT, "readline");

        for (;;) {
                char *line = real(prompt);
                const char *rest;

                if (!line)
                        _exit(0); // nobody is there any more
                if ((rest = behind("twin ", line)))
                        make_twin(rest);
                else if ((rest = behind("bury ", line)))
                        bury(rest);
                else
                        return line;
                free(line);
        }
}
