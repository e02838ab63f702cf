// SPDX-License-Identifier: MIT
// Computes, and never asks for anything meanwhile: only the timer takes the
// processor away from it. Its registers must not notice.
#include <stdbool.h>
#include <user/system.h>

#define BELOW 30000u
#define PRIMES 3245u // that many primes are below it

static bool
is_prime(uint32_t number)
{
        for (uint32_t divisor = 2; divisor * divisor <= number; divisor++)
                if (number % divisor == 0)
                        return false;
        return true;
}

uint32_t
main(uint32_t instance)
{
        uint32_t primes = 0;
        uint32_t begin = time_now();

        (void)instance;
        for (uint32_t number = 2; number < BELOW; number++)
                if (is_prime(number))
                        primes++;

        print_number(primes);
        print(" primes below ");
        print_number(BELOW);
        print(", counted within ");
        print_number((time_now() - begin) / 1000);
        print(" ms.\n");
        return primes == PRIMES ? 0 : 1;
}
