// SPDX-License-Identifier: MIT
// Stops this machine's clock for Bochs, loaded in front of it (LD_PRELOAD). Bochs has a
// timer of 100 ms that goes by the clock whatever it is told, and each time that it fires
// the guest's own timer comes some instructions earlier or later; see bochs_debugger.py.
//
// No header of the C library is needed, which a student's machine may not have.

// In seconds, as the guest's clock begins: see bochs_machine.py.
#define STOPPED_AT 946684800

// As the C library has it, of 64 bits and of 32.
struct timeval {
        long tv_sec, tv_usec;
};

int gettimeofday(struct timeval *now, void *zone);

int
gettimeofday(struct timeval *now, void *zone)
{
        (void)zone;
        *now = (struct timeval){ .tv_sec = STOPPED_AT };
        return 0;
}
