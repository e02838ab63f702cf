// SPDX-License-Identifier: MIT
// What the machine says of its memory when the command line has memory=1: what
// every page is used for, as notes on the line to the grader. `make memory`
// draws a picture of them; the notes are described in ../../README.md.
#ifndef H4_MEMORY_H
#define H4_MEMORY_H

// Sends the complete page array, with the places and the initial regions that
// have names, and where H is there whose the pages are. Does nothing unless the
// command line asks for it.
//
// when   one word that says which picture this is: "boot" is that of the stage
//        after its start
void memory_report(const char *when);

#endif
