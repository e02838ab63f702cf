// SPDX-License-Identifier: MIT
// Where H's stage calls its client: it loads its programs, and in the second call
// runs them and takes everything apart. In between the stage may look at the
// machine.
#ifndef CLIENT_MAIN_H
#define CLIENT_MAIN_H

void client_begin(void);
void client_end(void);

#endif
