// SPDX-License-Identifier: MIT
// Laws 6 to 11: what executing a program depends on, and what it changes. Spaces:
// programs run in number 0, and in no other.
#include "laws.h"

#include <kernel/string.h>

static struct program program;

static void
populate_all(void)
{
        for (unsigned i = SPACES; i-- > 0;)
                space_populate(&spaces[i]);
}

static struct outcome
run_here(void)
{
        return program_run(&program, spaces[0].map, NULL, 0);
}

// Execution cannot change memory that is not mapped writable: of a frame that the
// map of the program shows nowhere, or read-only, every word is as it was. So is the
// program itself.
void
execution_writes_only_where_it_may(void)
{
        uint32_t before[FRAMES];

        populate_all();
        program_random(&program, &spaces[0]);
        for (unsigned i = 0; i < FRAMES; i++)
                before[i] = frame_hash(i);
        run_here();
        for (unsigned i = 0; i < FRAMES; i++)
                if (!space_reaches(&spaces[0], i, H_W) &&
                    frame_hash(i) != before[i])
                        broken("a program has changed frame %u, which is not "
                               "mapped writable",
                               i);
        if (memcmp(code_bytes(), program.bytes, program.length) != 0)
                broken("a program has changed itself, and is mapped read-only");
}

// --- Twice the same ------------------------------------------------------------

static uint32_t contents[FRAMES][H_PAGE_WORDS];

static void
keep_contents(void)
{
        for (unsigned i = 0; i < FRAMES; i++)
                memcpy(contents[i], frame_words(i), H_PAGE_SIZE);
}

static void
put_back_contents(void)
{
        for (unsigned i = 0; i < FRAMES; i++)
                memcpy(frame_words(i), contents[i], H_PAGE_SIZE);
}

// What came of the program, in its registers and in the memory that it sees.
static uint32_t
result_of_running(void)
{
        uint32_t digest = run_here().digest;

        for (unsigned i = 0; i < FRAMES; i++)
                if (space_reaches(&spaces[0], i, H_R))
                        digest = hash_word(digest, frame_hash(i));
        return digest;
}

// Memory that is not mapped cannot affect execution: a program that begins with the
// same registers and the same words in what its map shows ends in the same way,
// whatever any other page holds.
void
unmapped_memory_does_not_matter(void)
{
        populate_all();
        // With the superpage every frame would be mapped.
        while (spaces[0].at[SMALL_PLACES].frame != NO_FRAME)
                space_change(&spaces[0]);
        for (unsigned i = 0; i < 3; i++)
                space_forget(&spaces[0], random_below(FRAMES));
        program_random(&program, &spaces[0]);
        keep_contents();
        uint32_t first = result_of_running();

        put_back_contents();
        for (unsigned i = 0; i < FRAMES; i++)
                if (!space_reaches(&spaces[0], i, H_R))
                        fill_random(i);
        disturb_memory();
        if (result_of_running() != first)
                broken("a program that is run again ends in another way after "
                       "a page changed that is not mapped");
}

// Changing one page map does not affect execution under another.
void
other_maps_do_not_matter(void)
{
        struct space more;

        populate_all();
        program_random(&program, &spaces[0]);
        keep_contents();
        uint32_t first = result_of_running();

        space_create(&more);
        for (unsigned i = 0; i < 12; i++) {
                space_change(&more);
                space_change(&spaces[1 + random_below(SPACES - 1)]);
                if (random_below(4) == 0)
                        space_take_marks(&spaces[1]);
        }
        bool early = random_below(2);
        if (early)
                space_destroy(&more);
        put_back_contents();
        if (result_of_running() != first)
                broken("a program that is run again ends in another way after "
                       "another map was changed");
        if (!early)
                space_destroy(&more);
}

// --- Entries -------------------------------------------------------------------

// Execution under one map does not change another's entries: neither what is mapped
// there, nor the rights, nor what is told of reading and writing.
void
execution_leaves_other_maps_alone(void)
{
        static struct picture before[SPACES], after;
        unsigned place;

        populate_all();
        program_random(&program, &spaces[0]);
        for (unsigned i = 1; i < SPACES; i++) {
                if (random_below(2))
                        space_take_marks(&spaces[i]);
                space_picture(&spaces[i], &before[i]);
        }
        run_here();
        for (unsigned i = 1; i < SPACES; i++) {
                space_picture(&spaces[i], &after);
                if (!same_picture(&before[i], &after, true, &place))
                        broken("a program in map 0 has changed the entry of "
                               "0x%08x in map %u",
                               place_address(place), i);
        }
}

// Execution changes neither mapping nor rights: each entry of the program's own map
// names the same memory with the same rights as before.
void
execution_leaves_mappings_and_rights(void)
{
        static struct picture before, after;
        unsigned place;

        populate_all();
        program_random(&program, &spaces[0]);
        space_picture(&spaces[0], &before);
        run_here();
        space_picture(&spaces[0], &after);
        if (!same_picture(&before, &after, false, &place))
                broken("a program has changed mapping or rights of 0x%08x",
                       place_address(place));
        space_check(&spaces[0], "after a program has run");
}

// Is there an entry for the frame that allows writing, and tells of it?
static bool
told(const struct picture *picture, unsigned frame)
{
        for (unsigned i = 0; i < PLACES; i++)
                if (spaces[0].at[i].frame == (int)frame &&
                    picture->errors[i] == H_OK &&
                    (picture->infos[i].rights & H_W) != 0 &&
                    picture->infos[i].accessed && picture->infos[i].dirty)
                        return true;
        return false;
}

// What execution changed is writable, accessed and dirty in some entry.
void
what_changed_was_writable_and_is_dirty(void)
{
        static struct picture after;
        uint32_t before[FRAMES];

        populate_all();
        program_random(&program, &spaces[0]);
        space_take_marks(&spaces[0]);
        for (unsigned i = 0; i < FRAMES; i++)
                before[i] = frame_hash(i);
        run_here();
        space_picture(&spaces[0], &after);
        for (unsigned i = 0; i < FRAMES; i++)
                if (frame_hash(i) != before[i] && !told(&after, i))
                        broken("a program has changed frame %u, and no entry "
                               "that allows it is accessed and dirty",
                               i);
}
