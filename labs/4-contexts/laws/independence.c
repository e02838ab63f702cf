// SPDX-License-Identifier: MIT
// Laws 4 and 5: memory, page maps and ports do not depend on each other.
#include "laws.h"

// --- All there is, as it was --------------------------------------------------

static struct {
        uint32_t frames[FRAMES];
        struct picture pictures[SPACES];
} kept;

static void
keep_frames(void)
{
        for (unsigned i = 0; i < FRAMES; i++)
                kept.frames[i] = frame_hash(i);
}

static void
keep_maps(void)
{
        for (unsigned i = 0; i < SPACES; i++)
                space_picture(&spaces[i], &kept.pictures[i]);
}

static void
check_frames(const char *when)
{
        for (unsigned i = 0; i < FRAMES; i++)
                if (frame_hash(i) != kept.frames[i])
                        broken("frame %u has changed %s", i, when);
}

static void
check_maps(bool marks, const char *when)
{
        static struct picture now;
        unsigned place;

        for (unsigned i = 0; i < SPACES; i++) {
                space_picture(&spaces[i], &now);
                if (!same_picture(&kept.pictures[i], &now, marks, &place))
                        broken("the entry of 0x%08x in map %u has changed %s",
                               place_address(place), i, when);
        }
}

static void
populate_all(void)
{
        for (unsigned i = 0; i < SPACES; i++)
                space_populate(&spaces[i]);
}

// Words that would be entries, and others.
static uint32_t
some_word(void)
{
        return random_below(2) ? random_word()
                               : (random_word() & 0x01FFF000) | 0x67;
}

static void
write_memory(void)
{
        struct h_kernel_mapping window =
                window_add(0, frames(random_below(FRAMES), H_PAGE_LOG2));

        for (unsigned i = 0; i < 200; i++)
                done(h_write_kernel_mapping(window, random_word(), some_word()),
                     "h_write_kernel_mapping");
        done(h_remove_kernel_mapping(window), "h_remove_kernel_mapping");
}

static void
write_memory_by_user_code(void)
{
        static struct program program;
        const struct space *space = &spaces[random_below(SPACES)];

        program_begin(&program);
        for (unsigned i = 0; i < 20; i++)
                emit_store(&program,
                           place_address(random_below(PLACES)) +
                                   4 * random_below(H_PAGE_WORDS),
                           some_word());
        program_end(&program);
        program_run(&program, space->map, NULL, 0);
}

static void
change_maps(void)
{
        struct space more;

        space_create(&more);
        for (unsigned i = 0; i < 4; i++) {
                space_change(&more);
                space_change(&spaces[random_below(SPACES)]);
        }
        space_destroy(&more);
}

// Page maps are independent of physical memory: writing to memory changes no entry,
// and making, changing and ending maps changes no word that is mapped.
void
maps_do_not_depend_on_memory(void)
{
        populate_all();
        for (unsigned step = 0; step < 4; step++) {
                keep_maps();
                write_memory();
                check_maps(true, "by writing to memory");
                write_memory_by_user_code();
                check_maps(false, "by user code that writes to memory");
                keep_frames();
                change_maps();
                check_frames("by changing maps");
        }
}

// --- Ports --------------------------------------------------------------------

// Registers that keep a byte and do nothing with it: of a serial line and of an
// ATA disk; and two of a video card that say where the cursor is, to be chosen by
// another one.
#define INDEX 0x3D4u
#define DATA 0x3D5u

static const struct port {
        uint16_t port;
        uint8_t index; // written to INDEX before, or 0
} ports[] = {
        { 0x3FF, 0 }, { 0x1F3, 0 },   { 0x1F4, 0 },
        { 0x1F5, 0 }, { DATA, 0x0E }, { DATA, 0x0F },
};

#define PORTS (sizeof(ports) / sizeof(ports[0]))

static const struct h_port_range allowed[] = {
        { 0x3FF, 0x3FF },
        { 0x1F3, 0x1F5 },
        { INDEX, DATA },
};

#define ALLOWED (sizeof(allowed) / sizeof(allowed[0]))

static uint8_t port_values[PORTS];

static void
write_port(unsigned port, uint8_t value)
{
        if (ports[port].index)
                done(h_out8(INDEX, ports[port].index), "h_out8");
        done(h_out8(ports[port].port, value), "h_out8");
        port_values[port] = value;
}

static void
write_port_by_user_code(unsigned port, uint8_t value)
{
        static struct program program;
        const struct space *space = &spaces[random_below(SPACES)];

        program_begin(&program);
        if (ports[port].index)
                emit_out(&program, INDEX, ports[port].index);
        emit_out(&program, ports[port].port, value);
        program_end(&program);
        if (program_run(&program, space->map, allowed, ALLOWED).faults > 0)
                broken("user code cannot write to port 0x%03x",
                       ports[port].port);
        port_values[port] = value;
}

static uint8_t
read_port(unsigned port)
{
        uint8_t value;

        if (ports[port].index)
                done(h_out8(INDEX, ports[port].index), "h_out8");
        done(h_in8(ports[port].port, &value), "h_in8");
        return value;
}

static uint8_t
read_port_by_user_code(unsigned port)
{
        static struct program program;

        program_begin(&program);
        if (ports[port].index)
                emit_out(&program, INDEX, ports[port].index);
        emit_in(&program, ports[port].port);
        program_end(&program);
        return (uint8_t)program_run(&program, spaces[0].map, allowed, ALLOWED)
                .eax;
}

static void
check_ports(const char *when)
{
        for (unsigned i = 0; i < PORTS; i++) {
                uint8_t value = random_below(4) ? read_port(i)
                                                : read_port_by_user_code(i);
                if (value != port_values[i])
                        broken("port 0x%03x reads 0x%02x %s, and 0x%02x was "
                               "written last",
                               ports[i].port, value, when, port_values[i]);
        }
}

static void
use_ports(void)
{
        for (unsigned i = 0; i < 12; i++) {
                unsigned port = random_below(PORTS);
                uint8_t value = (uint8_t)random_word();
                if (random_below(4))
                        write_port(port, value);
                else
                        write_port_by_user_code(port, value);
        }
}

// Ports are independent of physical pages and of page maps: what is read and written
// at ports changes no word of memory and no entry, and writing to memory and changing
// maps changes nothing at a port.
void
ports_do_not_depend_on_memory_or_maps(void)
{
        populate_all();
        for (unsigned i = 0; i < PORTS; i++)
                write_port(i, (uint8_t)random_word());
        for (unsigned step = 0; step < 3; step++) {
                keep_frames();
                keep_maps();
                use_ports();
                check_ports("behind writing to ports");
                check_frames("by ports");
                check_maps(false, "by ports");
                write_memory();
                write_memory_by_user_code();
                check_ports("after memory was written to");
                change_maps();
                check_ports("after maps were changed");
        }
}
