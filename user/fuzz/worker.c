// SPDX-License-Identifier: MIT
// What a thread of the crew does: one thing after the other, until somebody stops it.
#include "fuzz.h"

#include <l4/ipc.h>
#include <l4/message.h>
#include <l4/syscalls.h>
#include <l4/thread.h>
#include <user/threads.h>

#define KINDS 15u

static const action actions[KINDS] = {
        act_message,  act_map,      act_string,   act_receive,  act_start,
        act_unmap,    act_exchange, act_schedule, act_switch,   act_control,
        act_any_call, act_utcb,     act_touch,    act_accident, act_wild,
};

// How often each is done, by what the round is about.
static const unsigned char weights[THEMES][KINDS] = {
        [THEME_ALL] = { 6, 2, 2, 4, 1, 3, 6, 6, 6, 2, 2, 1, 3, 1, 1 },
        [THEME_MAPPINGS] = { 1, 8, 1, 8, 1, 8, 2, 2, 6, 0, 0, 0, 4, 0, 0 },
        [THEME_STRINGS] = { 1, 2, 8, 10, 1, 3, 4, 2, 6, 0, 0, 1, 1, 0, 0 },
        [THEME_ACCIDENTS] = { 4, 1, 1, 2, 1, 2, 6, 4, 6, 4, 2, 2, 6, 4, 2 },
        [THEME_THREADS] = { 8, 1, 1, 6, 2, 1, 8, 8, 8, 2, 2, 1, 1, 0, 0 },
        [THEME_CONTROL] = { 6, 2, 2, 5, 1, 2, 4, 4, 4, 8, 4, 1, 2, 1, 1 },
};

static action
choose(struct chance *chance, enum theme theme)
{
        const unsigned char *weight = weights[theme];
        L4_Word_t sum = 0;

        for (L4_Word_t i = 0; i < KINDS; i++)
                sum += weight[i];
        L4_Word_t at = below(chance, sum);
        for (L4_Word_t i = 0; i < KINDS; i++) {
                if (at < weight[i])
                        return actions[i];
                at -= weight[i];
        }
        return act_message;
}

// Whoever has started it may have said what the round is about. Time is counted from when
// the kernel began: so a seed says all, however long it took to load.
void
worker_run(void)
{
        L4_Word_t handle = __L4_TCR_UserDefinedHandle();
        struct chance chance = chance_from(handle ^ L4_SystemClock().X.low);
        enum theme theme = (enum theme)(handle % THEMES);

        if (!once_in(&chance, 8))
                __L4_TCR_Set_ExceptionHandler(
                        thread_id(1 + below(&chance, PAGERS)).raw);
        for (;;)
                choose(&chance, theme)(&chance);
}

// Adds 1 to the word that comes, and to one in the yard.
void
partner_run(void)
{
        L4_MsgTag_t tag = L4_Receive(thread_id(0));

        for (;;) {
                volatile L4_Word_t *word = (volatile L4_Word_t *)YARD;
                L4_Word_t value = 0;
                if (L4_IpcSucceeded(tag))
                        L4_StoreMR(1, &value);
                *word += 1;
                L4_LoadMR(0, 1);
                L4_LoadMR(1, value + 1);
                tag = L4_Call(thread_id(0));
        }
}
