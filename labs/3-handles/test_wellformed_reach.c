#include "wellformed_machine.h"
TEST(violation_by_mapped_frames) { spaces_begin_with(SMALL); spaces_make(); }
TEST(violation_by_a_superpage) { used_machine(SMALL); spaces_make(); }
TEST(violation_by_what_users_reach) { used_machine(SMALL); spaces_make(); spaces_check("x"); }
TEST(violation_by_regions) { used_machine(SMALL); spaces_make(); expect_wellformed("x");}
TEST(violation_of_counts) { spaces_begin_with(SMALL); spaces_make(); expect_wellformed("x"); }
