# SPDX-License-Identifier: MIT
"""A machine's memory made up byte by byte, for the judges of h4.outside_judge: H and L4
with one address space, one thread, and memory that it has from another space. A test
changes one thing in it.

Where records lie in it is as free as in a real machine; how they are laid out is read in
the image of a real stage.
"""

from __future__ import annotations

from h4.outside_layout import Record
from h4.outside_view import KERNEL_BASE, PAGE, Known
from h4.snapshot import Snapshot
from h4.symbols import Image

MEGABYTES = 16
P, W, U, LARGE, GLOBAL = 1, 2, 4, 0x80, 0x100
ENVIRONMENT, TABLE, DIRECTORY, NOT_INSTALLED = -1, -2, -3, -4

# Frames. The environment is one row of pages.
FIRST = 0x600000
STATUS, SLOTS, MAPPINGS, CONTEXTS = FIRST, FIRST + 0x4000, FIRST + 0x5000, FIRST + 0x6000
CLIENT_TABLE, MAP_TABLE, REFERENCE = FIRST + 0x7000, FIRST + 0x8000, FIRST + 0x9000
IMAGE_TABLE, UNITS = FIRST + 0xA000, FIRST + 0xB000
END = FIRST + 0x10000
SPACE, SPACE_TABLE, OTHER, OTHER_TABLE = 0x700000, 0x701000, 0x702000, 0x703000
PAGE_0, PAGE_1, INTERFACE, UTCB = 0x704000, 0x705000, 0x706000, 0x707000
SUPERPAGE, FREE_PAGE = 0x800000, 0x740000

# Addresses of the space: the first 4 MB have a page-table.
AT_0, AT_1, AT_INTERFACE, AT_UTCB = 0x1000, 0x2000, 0x3000, 0x4000
AT_SUPERPAGE = 0x10000000
VIEWS = (SPACE, SPACE_TABLE, OTHER, OTHER_TABLE)
UTCB_AT = 0xD0010000  # where L4 sees it

SPACES_SLOT = 3


class Memory:
    """All is well in it."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self.layouts = Known.of(image).layouts
        self.ram = bytearray(MEGABYTES << 20)
        self.cr3 = SPACE
        self._kernel()
        self._spaces()
        self._statuses()
        self._records()
        self._l4()

    def snapshot(self) -> Snapshot:
        return Snapshot(
            registers={"cr3": self.cr3},
            gdtr=(0, 0),
            idtr=(0, 0),
            task=(0, 0, 0),
            segments={},
            sysenter=(),
            read=lambda at, size: bytes(self.ram[at : at + size]),
            megabytes=MEGABYTES,
        )

    # --- What a test changes ----------------------------------------------------

    def word(self, at: int, value: int, size: int = 4) -> None:
        """At a physical address."""
        self.ram[at : at + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, "little")

    def entry(self, table: int, index: int, value: int) -> None:
        """Of a page-table or page-directory."""
        self.word(table + 4 * index, value)

    def bits(self, table: int, index: int, change: int) -> None:
        """Flips bits of an entry."""
        at = table + 4 * index
        self.word(at, int.from_bytes(self.ram[at : at + 4], "little") ^ change)

    def status(self, frame: int, status: int, entries: int = 0, pinned: bool = False) -> None:
        """What the kernel says of a page."""
        field = self.layouts["page"].at("entries")
        word = status & 0xFFFF | entries << field.shift
        if pinned:
            word |= 1 << self.layouts["page"].at("pinned").shift
        self.word(STATUS + frame // PAGE * 4, word)

    def put(self, record: str, at: int, values: dict[str, int]) -> None:
        """Members of a record at a physical address; `a.b` of one within it."""
        for path, value in values.items():
            layout, place = self.layouts[record], at
            *outer, last = path.split(".")
            for step in outer:
                place += layout.at(step).offset
                layout = self.layouts[layout.at(step).record]
            field = layout.at(last)
            self.word(place + field.offset, value, field.size)

    def symbol(self, name: str) -> int:
        """Where something of the kernel's lies."""
        return self.image.address(name) - KERNEL_BASE

    # --- How it is made ---------------------------------------------------------

    def _kernel(self) -> None:
        first, last = (address - KERNEL_BASE for address in self.image.constants)
        guard = self.symbol("boot_stack_guard")
        for table, directory in (
            (self.symbol("boot_table"), self.symbol("boot_directory")),
            (IMAGE_TABLE, REFERENCE),
        ):
            for at in range(1024):
                frame = at * PAGE
                if frame != guard:
                    fixed = first <= frame <= last
                    self.entry(table, at, frame | P | GLOBAL | (0 if fixed else W))
            self.entry(directory, KERNEL_BASE >> 22, table | P | W)
        self.entry(REFERENCE, 0xC0400000 >> 22, MAP_TABLE | P | W)
        self.entry(REFERENCE, 0xD0000000 >> 22, CLIENT_TABLE | P | W | U)
        for at, frame in enumerate(range(FIRST, END, PAGE)):
            self.entry(MAP_TABLE, at, frame | P | W | GLOBAL)
        for at, frame in enumerate(VIEWS):
            self.entry(CLIENT_TABLE, at, frame | P | W | GLOBAL)
        self.entry(CLIENT_TABLE, UTCB_AT >> 12 & 0x3FF, UTCB | P | W | GLOBAL)

    def _spaces(self) -> None:
        for directory, table in ((SPACE, SPACE_TABLE), (OTHER, OTHER_TABLE)):
            kernel = REFERENCE + 768 * 4
            self.ram[directory + 768 * 4 : directory + PAGE] = self.ram[
                kernel : kernel + 256 * 4
            ]
            self.entry(directory, 0, table | P | W | U)
            self.entry(table, AT_INTERFACE >> 12, INTERFACE | P | U)
        self.entry(SPACE, AT_SUPERPAGE >> 22, SUPERPAGE | P | W | U | LARGE)
        self.entry(SPACE_TABLE, AT_0 >> 12, PAGE_0 | P | W | U)
        self.entry(SPACE_TABLE, AT_1 >> 12, PAGE_1 | P | U)
        self.entry(SPACE_TABLE, AT_UTCB >> 12, UTCB | P | W | U)
        self.entry(OTHER_TABLE, AT_1 >> 12, PAGE_1 | P | W | U)

    def _statuses(self) -> None:
        begin = self.symbol("kernel_image_begin")
        for frame in [*range(begin, self.symbol("kernel_image_end"), PAGE)]:
            self.status(frame, ENVIRONMENT)
        for frame in range(FIRST, END, PAGE):
            self.status(frame, ENVIRONMENT)
        for frame in (CLIENT_TABLE, MAP_TABLE, IMAGE_TABLE):
            self.status(frame, TABLE, pinned=True)
        self.status(REFERENCE, DIRECTORY, pinned=True)
        self.status(SPACE, DIRECTORY)
        self.status(OTHER, DIRECTORY)
        self.status(SPACE_TABLE, TABLE, 4)
        self.status(OTHER_TABLE, TABLE, 2)
        self.status(PAGE_0, 1)
        for frame in (PAGE_1, INTERFACE, UTCB):
            self.status(frame, 2)
        for frame in range(SUPERPAGE, SUPERPAGE + (4 << 20), PAGE):
            self.status(frame, 1)

    @staticmethod
    def seen(frame: int) -> int:
        """Where the kernel sees a page of the environment."""
        return 0xC0400000 + frame - FIRST

    def _records(self) -> None:
        self.put("outside_machine", self.symbol("outside_machine"), {
            "kind": 3, "array.pages": self.seen(STATUS), "array.count": MEGABYTES << 8,
            "reference.value": REFERENCE, "environment.first": FIRST // PAGE,
            "environment.end": END // PAGE, "pagemaps": self.seen(SLOTS),
            "pagemap_count": 8, "client_pages": 1024,
        })  # fmt: skip
        self.put("h_state", self.symbol("h_state"), {
            "pagemaps": self.seen(SLOTS), "pagemap_count": 8,
            "kernel_mappings": self.seen(MAPPINGS), "kernel_mapping_count": 16,
        })  # fmt: skip
        for slot, directory in ((SPACES_SLOT, SPACE), (SPACES_SLOT + 1, OTHER)):
            place = SLOTS + slot * self.layouts["pagemap_slot"].size
            values = {"generation": 7 + slot, "directory.value": directory}
            self.put("pagemap_slot", place, values)
        place = MAPPINGS + 2 * self.layouts["kernel_mapping_slot"].size
        self.put("kernel_mapping_slot", place, {
            "generation": 9, "pages.range.word": UTCB_AT | 12,
            "frames.range.word": UTCB | 12,
        })  # fmt: skip
        self.put("execution", self.symbol("execution"), {
            "contexts": self.seen(CONTEXTS), "context_count": 8,
        })  # fmt: skip
        self.put("context_slot", CONTEXTS + 256, {
            "generation": 4, "flags": 8, "space_generation": 7 + SPACES_SLOT,
            "space": self.seen(SLOTS) + SPACES_SLOT * 16,
        })  # fmt: skip

    @property
    def unit(self) -> Record:
        return self.layouts["unit"]

    def place(self, part: str, unit: int = 0) -> int:
        """Physical address of a part of a unit."""
        return UNITS + unit * self.unit.size + self.unit.at(part).offset

    def mapping(self, number: int) -> int:
        """Physical address of a mapping of the database, in the first unit."""
        return self.place("mappings") + number * self.layouts["mapping"].size

    def _l4(self) -> None:
        self.word(self.symbol("units"), self.seen(UNITS))
        self.word(self.symbol("unit_count"), 2)
        for unit in range(2):
            self.put("space", self.place("space", unit), {
                "threads": 1, "active": 1, "pagemap.slot": SPACES_SLOT + unit,
                "pagemap.generation": 7 + SPACES_SLOT + unit, "kip": AT_INTERFACE,
                "kip_bytes": PAGE, "utcb_first": AT_UTCB, "utcb_bytes": PAGE,
            })  # fmt: skip
        self.put("thread", self.place("thread"), {
            "id": 0x000C0001, "space": self.seen(self.place("space")),
            "context.slot": 1, "context.generation": 4, "local": AT_UTCB + 0x100,
            "utcb.slot": 2, "utcb.generation": 9,
        })  # fmt: skip
        for number, (unit, at, frame, log2) in enumerate((
            (0, AT_0, PAGE_0, 12), (1, AT_1, PAGE_1, 12), (0, AT_1, PAGE_1, 12),
            (0, AT_SUPERPAGE, SUPERPAGE, 22),
        )):  # fmt: skip
            self.put("mapping", self.mapping(number), {
                "space": self.seen(self.place("space", unit)), "address": at,
                "frame": frame, "log2": log2, "left": 1024 if log2 > 12 else 1,
            })  # fmt: skip
        parent = self.seen(self.mapping(1))
        self.put("mapping", self.mapping(2), {"parent": parent})
