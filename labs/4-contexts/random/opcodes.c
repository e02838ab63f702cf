// SPDX-License-Identifier: MIT
// All instructions of IA-32, by the tables of opcodes, with operands that fit.
// Source: Intel SDM volume 2, appendix A.
//
// A letter for each opcode says what follows it:
//
//     .  nothing               m  ModRM               b  8 bits      r  as b
//     w  16 bits               M  ModRM and 8 bits    v  32 bits     R  as v
//     e  24 bits               V  ModRM and 32 bits   o  an address
//     p  a far address         g, G  ModRM; of TEST 8, 32 bits too
//     x  it is a prefix        2  another opcode, by the second table
#include "random.h"

static const char one_byte[] = "mmmmbv..mmmmbv.2"  // 00
                               "mmmmbv..mmmmbv.."  // 10
                               "mmmmbvx.mmmmbvx."  // 20
                               "mmmmbvx.mmmmbvx."  // 30
                               "................"  // 40
                               "................"  // 50
                               "..mmxxxxvVbM...."  // 60
                               "rrrrrrrrrrrrrrrr"  // 70
                               "MVMMmmmmmmmmmmmm"  // 80
                               "..........p....."  // 90
                               "oooo....bv......"  // A0
                               "bbbbbbbbvvvvvvvv"  // B0
                               "MMw.mmMVe.w..b.."  // C0
                               "mmmmbb..mmmmmmmm"  // D0
                               "rrrrbbbbRRpr...."  // E0
                               "x.xx..gG......mm"; // F0

static const char two_bytes[] = "mmmm.........m.M"  // 00
                                "mmmmmmmmmmmmmmmm"  // 10
                                "mmmmmmmmmmmmmmmm"  // 20
                                "........m.M....."  // 30
                                "mmmmmmmmmmmmmmmm"  // 40
                                "mmmmmmmmmmmmmmmm"  // 50
                                "mmmmmmmmmmmmmmmm"  // 60
                                "MMMMmmm.mmmmmmmm"  // 70
                                "RRRRRRRRRRRRRRRR"  // 80
                                "mmmmmmmmmmmmmmmm"  // 90
                                "...mMmmm...mMmmm"  // A0
                                "mmmmmmmmmmMmmmmm"  // B0
                                "mmMmMMMm........"  // C0
                                "mmmmmmmmmmmmmmmm"  // D0
                                "mmmmmmmmmmmmmmmm"  // E0
                                "mmmmmmmmmmmmmmmm"; // F0

#define DIRECT 5   // mod 0, r/m 5: an address of 32 bits
#define WITH_SIB 4 // r/m 4

static void
modrm(uint32_t reg)
{
        uint32_t mod = random_below(4), rm = random_below(8);

        if (random_below(3) == 0) {
                mod = 0;
                rm = DIRECT;
        }
        emit(mod << 6 | reg << 3 | rm, 1);
        uint32_t base = rm;
        if (mod != 3 && rm == WITH_SIB) {
                base = random_below(8);
                emit(random_below(32) << 3 | base, 1);
        }
        if (mod == 1)
                emit(random_word(), 1);
        else if (mod == 2 || (mod == 0 && base == DIRECT))
                emit(some_address(), 4);
}

// 16 bits behind an operand-size prefix.
static void
operands(char form, unsigned size)
{
        uint32_t reg = random_below(8);

        switch (form) {
        case 'm':
        case 'M':
        case 'V':
        case 'g':
        case 'G':
                modrm(reg);
                break;
        case 'o':
                emit(some_address(), 4);
                return;
        case 'p':
                emit(some_code(), size);
                emit(some_selector(), 2);
                return;
        default:
                break;
        }
        if (form == 'b' || form == 'M' || form == 'e' ||
            (form == 'g' && reg < 2))
                emit(random_word(), 1);
        if (form == 'r')
                emit(random_below(32) - 16, 1);
        if (form == 'w' || form == 'e')
                emit(random_word() & 0x0FFF, 2);
        if (form == 'v' || form == 'V' || (form == 'G' && reg < 2))
                emit(some_value(), size);
        if (form == 'R')
                emit(random_below(64) - 32, size);
}

void
emit_instruction(void)
{
        unsigned size = 4, opcode = random_below(256);
        unsigned prefixes = 0;

        instruction_begins();
        while (one_byte[opcode] == 'x' && prefixes++ < 4) {
                emit(opcode, 1);
                if (opcode == 0x66)
                        size = 2;
                opcode = random_below(256);
        }
        // Half of all opcodes have two bytes.
        if (random_below(3) == 0)
                opcode = 0x0F;
        emit(opcode, 1);
        if (one_byte[opcode] != '2') {
                operands(one_byte[opcode], size);
                return;
        }
        opcode = random_below(256);
        emit(opcode, 1);
        operands(two_bytes[opcode], size);
}
