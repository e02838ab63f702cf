# SPDX-License-Identifier: MIT
"""What the dissertation has measured: cycles of a message between address spaces, one
way, on its machine (an Atom N455 of 1.66 GHz), and what the best kernel of the same
API needs in the emulator that everything else here is counted in.

Cycles of that machine are no instructions of this one: what compares is how they grow,
and how the phases share them.
"""

from __future__ import annotations

from dataclasses import dataclass

# The columns `Cycles` of table 8.1 (Pistachio, in C++), of table 8.2 (L4 in Haskell on
# H, as it was at first) and of table 8.7 (after all optimizations), by words. The
# figures were read by machine; each fits the columns beside it: microseconds at 1.66
# GHz, and the quotient of Haskell and Pistachio.
MESSAGES = {
    0: (1270, 85223, 77233),
    4: (1332, 119324, 77875),
    8: (1337, 149068, 78356),
    12: (1348, 178781, 78691),
    16: (1354, 208498, 79485),
    20: (1365, 237995, 79993),
    24: (1371, 267410, 80342),
    28: (1379, 296954, 80386),
    32: (1389, 326074, 81160),
    36: (1395, 355614, 81852),
    40: (1405, 385259, 82386),
    44: (1410, 414741, 82795),
    48: (1422, 444155, 83372),
    52: (1427, 473276, 83827),
    56: (1435, 502743, 84428),
    60: (1446, 532215, 84766),
}


@dataclass(frozen=True)
class Phase:
    """A column of tables 8.3 and 8.8, in the row of 0 words; what it is, 8.1.1 says."""

    short: str
    words: str
    first: int  # cycles: table 8.3
    last: int  # table 8.8


PHASES = (
    Phase("OH", "overhead: between user code and kernel", 6789, 3102),
    Phase("Sch.", "scheduling loop", 26194, 22742),
    Phase("SR", "sender rendezvous", 7903, 6140),
    Phase("TM", "transfer message", 14710, 17549),
    Phase("TU", "transfer untyped", 3530, 474),
    Phase("Rst.", "thread restart", 16395, 18412),
    Phase("Rcv.", "receive phase", 24085, 16688),
    Phase("GC", "garbage collection", 1471, 920),
)
# The column `Total` of the same rows: more than MESSAGES, as profiling costs too.
PHASES_TOTAL = (101077, 86027)

# Instructions, with 0 words and with 60, of the best kernel of this API in the same
# emulator: on its fast path, and off it.
BEST_FAST = {0: 85, 60: 151}
BEST_GENERAL = {0: 217, 60: 282}
