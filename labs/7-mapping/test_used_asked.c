// SPDX-License-Identifier: MIT
// Tests of who is told what, and when: a family in which all of them ask, in every order; and
// at random, against a list of uses and of those who know of each.
#include "used.h"

#define FAMILY 7u
#define NOBODY FAMILY

// 0 <- 1 <- 2 <- 3, and further children of 1, of 2, and of the kernel.
static const uint32_t parents[FAMILY] = { NOBODY, 0, 1, 2, 1, 2, NOBODY };

static struct space *space;
static struct mapping *family[FAMILY];

static uint32_t
address_of(uint32_t member)
{
        return (member + 1) * H_PAGE_SIZE;
}

static void
begin(void)
{
        forest_begin(0);
        space = forest_space();
        for (uint32_t i = 0; i < FAMILY; i++)
                family[i] = used_put(space, address_of(i),
                                     forest_page(i == 6 ? 1 : 0), H_PAGE_LOG2,
                                     parents[i] == NOBODY ? NULL
                                                          : family[parents[i]]);
}

static bool
is_from(uint32_t member, uint32_t above)
{
        while (member != NOBODY && member != above)
                member = parents[member];
        return member != NOBODY;
}

// As a walk does it: what was made out of it is seen and tells its parent, last comes the
// one who asks.
static unsigned
ask(uint32_t who)
{
        for (uint32_t i = FAMILY; i-- > 0;) {
                if (!family[i] || !is_from(i, who))
                        continue;
                mapping_see_used(family[i], address_of(i));
                if (i != who)
                        mapping_tell_parent(family[i]);
        }
        return mapping_tell_owner(family[who]);
}

static void
leave(uint32_t member)
{
        mapping_see_used(family[member], address_of(member));
        page_unmap(space, address_of(member), H_PAGE_LOG2);
        mapping_tell_parent(family[member]);
        mapping_give_back(family[member]);
        family[member] = NULL;
}

static void
expect_told(unsigned due, uint32_t who, const char *when)
{
        static const char *const names[FAMILY] = {
                "sigma0",    "root",       "A",
                "client",    "A's sister", "the client's brother",
                "a stranger"
        };
        unsigned told = ask(who);

        if (told != due)
                fail("%s: %s asks, is told %s%s, and %s%s is due", when,
                     names[who], told & H_R ? "r" : "-", told & H_W ? "w" : "-",
                     due & H_R ? "r" : "-", due & H_W ? "w" : "-");
}

// --- Everyone, in every order ---------------------------------------------------------------

// The drawing of the handout.
static void
six_moments(void)
{
        forest_touch(space, address_of(3), H_R | H_W);
        expect_told(H_R | H_W, 2, "the client has written");
        expect_told(0, 2, "the same once more");
        expect_told(H_R | H_W, 1, "after A");
        expect_told(H_R | H_W, 3, "after root");
        expect_told(0, 5, "nothing has been used here");
        leave(3);
        expect_told(H_R | H_W, 0, "the client is no more");
        expect_told(0, 0, "the same once more");
        expect_told(0, 1, "after sigma0");
        expect_told(0, 4, "nothing has been used here");
        expect_told(0, 6, "nothing has been used here");
        leave(2);
        expect_told(0, 1, "A is no more, and has told all before");
}

// The order with this number, 0 to 23, of the first four members.
static void
choose_order(uint32_t number, uint32_t order[4])
{
        for (uint32_t i = 0; i < 4; i++)
                order[i] = i;
        for (uint32_t i = 4; i > 1; i--) {
                uint32_t other = number % i, kept = order[i - 1];
                order[i - 1] = order[other];
                order[other] = kept;
                number /= i;
        }
}

// Those from whom the used one is made hear of it, and itself, once each.
static void
use_and_ask(uint32_t used, unsigned how, const uint32_t order[4])
{
        forest_touch(space, address_of(used), how);
        for (uint32_t i = 0; i < 4; i++) {
                expect_told(is_from(used, order[i]) ? how : 0, order[i],
                            "one of them has been used");
                expect_told(0, order[i], "for the second time");
        }
        for (uint32_t i = 4; i < FAMILY; i++)
                expect_told(i == used ? how : 0, i,
                            "after all of the first ones");
}

TEST(use_is_told_once)
{
        uint32_t order[4];

        begin();
        for (uint32_t i = 0; i < 24; i++) {
                choose_order(i, order);
                use_and_ask(i % FAMILY, i % 2 == 0 ? H_R | H_W : H_R, order);
        }
        six_moments();
}

// --- At random ------------------------------------------------------------------------------

#define STEPS 150u

// Something that has been used. Of the members: who knows of it, whose owner has been told,
// who has told its parent. One bit each.
struct event {
        unsigned bits;
        uint32_t known, told, passed;
};

static struct event events[STEPS];
static uint32_t event_count;
static unsigned in_table[FAMILY]; // what the page-tables say

static void
add_event(uint32_t member, unsigned bits)
{
        events[event_count++] = (struct event){ bits, 1u << member, 0, 0 };
}

// What is known of a member that is not among those who have heard of it.
static unsigned
known(uint32_t member, bool to_parent)
{
        unsigned bits = 0;

        for (uint32_t i = 0; i < event_count; i++) {
                uint32_t heard = to_parent ? events[i].passed : events[i].told;
                if ((events[i].known & ~heard) >> member & 1)
                        bits |= events[i].bits;
        }
        return bits;
}

static void
pass_on(uint32_t member)
{
        for (uint32_t i = 0; i < event_count; i++) {
                if ((events[i].known >> member & 1) == 0)
                        continue;
                events[i].passed |= 1u << member;
                if (parents[member] != NOBODY)
                        events[i].known |= 1u << parents[member];
        }
}

static void
tell_owner(uint32_t member)
{
        expect_number(known(member, false), mapping_tell_owner(family[member]),
                      "what an owner is told");
        for (uint32_t i = 0; i < event_count; i++)
                if (events[i].known >> member & 1)
                        events[i].told |= 1u << member;
}

static void
step(uint32_t member)
{
        unsigned how = random_below(2) == 0 ? H_R : H_R | H_W;

        switch (random_below(5)) {
        case 0:
                forest_touch(space, address_of(member), how);
                in_table[member] |= how;
                break;
        case 1:
                mapping_see_used(family[member], address_of(member));
                add_event(member, in_table[member]);
                in_table[member] = 0;
                break;
        case 2:
                mapping_tell_parent(family[member]);
                pass_on(member);
                break;
        case 3:
                tell_owner(member);
                break;
        default:
                mapping_note_used(family[member], how);
                add_event(member, how);
        }
}

static void
check(uint32_t member)
{
        if (member == NOBODY)
                return;
        expect_number(known(member, false), family[member]->used,
                      "what an owner has not been told: `used`");
        if (parents[member] == NOBODY)
                return; // then nobody asks for `news`
        expect_number(known(member, true), family[member]->news,
                      "what a parent has not been told: `news`");
}

TEST(use_at_random)
{
        begin();
        event_count = 0;
        for (uint32_t i = 0; i < FAMILY; i++)
                in_table[i] = 0;
        for (uint32_t i = 0; i < STEPS; i++) {
                uint32_t member = random_below(FAMILY);
                step(member);
                check(member);
                check(parents[member]);
        }
        for (uint32_t i = 0; i < FAMILY; i++)
                check(i);
}
