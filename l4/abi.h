// SPDX-License-Identifier: MIT
// What user programs and the kernel say to each other: the binary interface of L4
// X.2 on IA-32, as far as it is numbers. The whole of it, with its calls and its
// registers, is described in l4/README.md.
//
// Bits are counted from 0 up; fields are listed from the lowest one.
#ifndef L4_ABI_H
#define L4_ABI_H

#include <stdbool.h>
#include <stdint.h>

// --- Thread IDs --------------------------------------------------------------

//     31                         14 13            0
//    +-----------------------------+---------------+
//    | thread number               | version       |   global: the version's
//    +-----------------------------+---------------+   low 6 bits are not all 0
//    | address of message register 0     | 000000  |   local
//    +-----------------------------------+---------+
#define ID_NIL 0u
#define ID_ANY 0xFFFFFFFFu
#define ID_ANY_LOCAL 0xFFFFFFC0u

#define ID_VERSION_BITS 14
#define ID_VERSION_MASK 0x3FFFu
#define ID_LOCAL_MASK 0x3Fu

// Numbers of interrupts, of the kernel and of users; and how many there are.
#define NUMBERS_LOG2 17
#define NUMBERS (1u << NUMBERS_LOG2)
#define NUMBER_SYSTEM 16u
#define NUMBER_USER 48u

#define ID_SIGMA0 0x000C0001u
#define ID_ROOT 0x000C8001u

static inline uint32_t
id_make(uint32_t number, uint32_t version)
{
        return number << ID_VERSION_BITS | version;
}

static inline uint32_t
id_number(uint32_t id)
{
        return id >> ID_VERSION_BITS;
}

static inline uint32_t
id_version(uint32_t id)
{
        return id & ID_VERSION_MASK;
}

static inline bool
id_is_global(uint32_t id)
{
        return (id & ID_LOCAL_MASK) != 0 && id != ID_ANY;
}

// An interrupt line, by its thread's ID.
static inline uint32_t
id_interrupt(uint32_t line)
{
        return id_make(line, 1);
}

// --- Message tags: message register 0 ------------------------------------------

//     31       16 15  14  13  12 11     6 5      0
//    +-----------+---+---+---+---+-------+--------+
//    | label     | E | X | r | p | typed | untyped|   in words
//    +-----------+---+---+---+---+-------+--------+
#define TAG_PROPAGATED 0x1000u
#define TAG_REDIRECTED 0x2000u
#define TAG_CROSS 0x4000u // between processors
#define TAG_ERROR 0x8000u
#define TAG_LABEL 0xFFFF0000u
#define TAG_COUNTS 0x00000FFFu // typed and untyped words

static inline uint32_t
tag_make(uint32_t label, uint32_t untyped, uint32_t typed)
{
        return label << 16 | typed << 6 | untyped;
}

static inline uint32_t
tag_untyped(uint32_t tag)
{
        return tag & 0x3F;
}

static inline uint32_t
tag_typed(uint32_t tag)
{
        return tag >> 6 & 0x3F;
}

#define MESSAGE_REGISTERS 64u
#define BUFFER_REGISTERS 33u

// Labels of the kernel's own messages, and how many words they have.
#define LABEL_PAGE_FAULT 0xFFE0u // plus rights
#define LABEL_IO_FAULT 0xFF80u
#define LABEL_EXCEPTION 0xFFB0u
#define LABEL_INTERRUPT 0xFFF0u
#define LABEL_PREEMPTION 0xFFD0u
#define FAULT_WORDS 2u
#define EXCEPTION_WORDS 12u
#define START_WORDS 2u
#define PREEMPTION_WORDS 2u

// --- UTCBs -------------------------------------------------------------------

#define UTCB_LOG2 9
#define UTCB_SIZE (1u << UTCB_LOG2)
#define UTCB_MR0 0x100u // bytes behind the beginning: the local ID

// Words, counted from message register 0. BRn is at UTCB_BR0 - n.
enum utcb_word {
        UTCB_BR0 = -16,
        UTCB_MY_GLOBAL_ID = -15,
        UTCB_PROCESSOR = -14,
        UTCB_USER_HANDLE = -13,
        UTCB_PAGER = -12,
        UTCB_EXCEPTION_HANDLER = -11,
        UTCB_FLAGS = -10, // preempt flags in bits 0-7, coprocessor's in 8-15
        UTCB_ERROR = -9,
        UTCB_TRANSFER_TIMEOUTS = -8,
        UTCB_INTENDED = -7, // receiver
        UTCB_ACTUAL = -6,   // sender; in propagated messages the virtual one
        UTCB_WORD_1 = -5,
        UTCB_WORD_0 = -4,
        UTCB_LOCAL_ID = -64, // at the beginning
};

#define PREEMPT_SIGNAL 0x20u
#define PREEMPT_DELAY 0x40u
#define PREEMPT_PENDING 0x80u

// --- Errors --------------------------------------------------------------------

// Of ThreadControl, SpaceControl and the others, in the UTCB's error code.
enum call_error {
        CALL_OK = 0,
        CALL_NO_PRIVILEGE = 1,
        CALL_BAD_THREAD = 2,
        CALL_BAD_SPACE = 3,
        CALL_BAD_SCHEDULER = 4,
        CALL_BAD_PARAMETER = 5,
        CALL_BAD_UTCB_AREA = 6,
        CALL_BAD_KIP_AREA = 7,
        CALL_NO_MEMORY = 8,
};

// Of Ipc: the phase in bit 0, the code in bits 1 to 3, an offset in bits 4 to 31.
enum ipc_error {
        IPC_OK = 0,
        IPC_TIMEOUT = 1,
        IPC_NO_PARTNER = 2,
        IPC_CANCELLED = 3,
        IPC_OVERFLOW = 4,
        IPC_TRANSFER_TIMEOUT_MINE = 5,
        IPC_TRANSFER_TIMEOUT_PARTNER = 6,
        IPC_ABORTED = 7,
};

#define IPC_PHASE_SEND 0u
#define IPC_PHASE_RECEIVE 1u

// --- ExchangeRegisters -----------------------------------------------------------

#define EXCHANGE_HALT 0x001u // the value of the flag; see EXCHANGE_SET_HALT
#define EXCHANGE_CANCEL_RECEIVE 0x002u
#define EXCHANGE_CANCEL_SEND 0x004u
#define EXCHANGE_SP 0x008u
#define EXCHANGE_IP 0x010u
#define EXCHANGE_FLAGS 0x020u
#define EXCHANGE_HANDLE 0x040u
#define EXCHANGE_PAGER 0x080u
#define EXCHANGE_SET_HALT 0x100u

// What it tells of the thread.
#define EXCHANGED_HALTED 1u
#define EXCHANGED_RECEIVING 2u
#define EXCHANGED_SENDING 4u

// CF PF AF ZF SF OF: what one thread may change of another's EFLAGS.
#define EXCHANGE_EFLAGS 0x000008D5u

// --- Schedule ----------------------------------------------------------------------

// What it answers.
enum schedule_state {
        SCHEDULE_ERROR = 0,
        SCHEDULE_DEAD = 1,
        SCHEDULE_INACTIVE = 2,
        SCHEDULE_RUNNING = 3,
        SCHEDULE_PENDING_SEND = 4,
        SCHEDULE_SENDING = 5,
        SCHEDULE_WAITING = 6,
        SCHEDULE_RECEIVING = 7,
};

#define PRIORITIES 256u

// --- Typed items: the first of their words -----------------------------------------------

//     31                  10 9       4 3    1  0
//    +----------------------+---------+------+---+
//    | send base >> 10      | 0       | type | C |   map, grant; then the flexpage
//    +----------------------+---------+------+---+
#define ITEM_TYPE 0xEu
#define ITEM_STRING_BITS 0x8u // of the type: clear in a string's
#define ITEM_MAP 0x8u
#define ITEM_GRANT 0xAu
#define ITEM_BASE 0xFFFFFC00u

// BR0: the lowest bits; above is the window, a flexpage.
#define ACCEPTOR_STRINGS 0x1u
#define ACCEPTOR_BITS 0xFu

// --- Flexpages -----------------------------------------------------------------------

//     31                  10 9    4  3  2 1 0
//    +----------------------+------+---+------+
//    | base >> 10           | size | 0 | r w x|   size: log2 of bytes
//    +----------------------+------+---+------+
//     31           16 15    10 9    4  3  2 1 0
//    +---------------+--------+------+---+------+
//    | first port    | size   |  2   | 0 | r w x|   of ports: log2 of ports
//    +---------------+--------+------+---+------+
#define FPAGE_NIL 0u
#define FPAGE_ALL_LOG2 1u   // the size of the complete space
#define FPAGE_PORTS_LOG2 2u // in the place of the size: it is one of ports
#define FPAGE_LEAST_LOG2 10u
#define FPAGE_RIGHTS 7u

static inline uint32_t
fpage_make(uint32_t first, unsigned log2, unsigned rights)
{
        return first | (uint32_t)log2 << 4 | rights;
}

static inline uint32_t
fpage_ports(uint32_t first, unsigned log2)
{
        return first << 16 | (uint32_t)log2 << 10 | FPAGE_PORTS_LOG2 << 4;
}

static inline uint32_t
fpage_log2(uint32_t fpage)
{
        return fpage >> 4 & 0x3F;
}

// Rounded down to the size; the size is one of an address space's part.
static inline uint32_t
fpage_first(uint32_t fpage)
{
        return fpage & ~0x3FFu & ~((1u << fpage_log2(fpage)) - 1);
}

#endif
