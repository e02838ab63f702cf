// SPDX-License-Identifier: MIT
// H against its specification, with calls that libFuzzer chooses: it keeps what
// reaches new places in the sources. See call.h; `make fuzz SECONDS=n`.
#include "call.h"
#include "compare.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size);

static struct sequence sequence;

// Prints what has been done, and ends the program.
static _Noreturn void
fail(void)
{
        printf("# %s\n", machine_message);
        for (size_t i = 0; i < sequence.length; i++)
                print_call(&sequence.calls[i]);
        fflush(stdout);
        abort();
}

int
LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t size)
{
        struct source source = { .bytes = bytes, .left = size };
        jmp_buf back;

        machine_catch = &back;
        if (setjmp(back) != 0)
                fail();
        sequence.length = 0;
        generate_start(&source, &sequence.start);
        run_start(&sequence.start);
        while (source.left > 0 && sequence.length < CALLS_MAX) {
                struct call *call = &sequence.calls[sequence.length++];
                generate_call(&source, (uint16_t)sequence.length, call);
                run_call(call);
        }
        compare_all();
        machine_catch = NULL;
        return 0;
}
