// SPDX-License-Identifier: MIT
// Where H's stage calls its client: it builds its address spaces, and in the
// second call tries to misuse them and takes everything apart. In between the
// stage may look at the machine.
#ifndef CLIENT_MAIN_H
#define CLIENT_MAIN_H

void client_begin(void);
void client_end(void);

#endif
