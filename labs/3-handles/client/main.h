// SPDX-License-Identifier: MIT
// Where H's stage calls its client.
#ifndef CLIENT_MAIN_H
#define CLIENT_MAIN_H

void client_main(void);

#endif
