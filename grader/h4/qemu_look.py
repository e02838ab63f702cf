# SPDX-License-Identifier: MIT
"""The machine at a stop, from QEMU's monitor."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from h4.child import Child
from h4.emulator import BootRequest
from h4.errors import GraderError
from h4.gdb_stub import GdbStub
from h4.process_memory import ProcessMemory
from h4.snapshot import Moment, Snapshot, Watch

STOPS = "stops.sock"  # QEMU's GDB server

SEGMENT = re.compile(
    r"^(ES|CS|SS|DS|FS|GS|LDT|TR) *= *([0-9a-f]{4}) ([0-9a-f]{8}) ([0-9a-f]{8})", re.M
)
TABLE = re.compile(r"^(GDT|IDT) *= *([0-9a-f]{8}) ([0-9a-f]{8})", re.M)
HOST_ADDRESS = re.compile(r" is 0x([0-9a-f]+)")
DUMP = "memory.bin"


class Eye:
    """Looks at one machine. The guest's memory is one piece of QEMU's; if the system
    does not let us read there, QEMU writes it to a file."""

    def __init__(
        self,
        monitor: Callable[[str], str],
        registers: Callable[[str], dict[str, int]],
        process: ProcessMemory,
        directory: Path,
        megabytes: int,
    ) -> None:
        self.monitor = monitor
        self.registers = registers
        self.process = process
        self.directory = directory
        self.megabytes = megabytes
        found = HOST_ADDRESS.search(monitor("gpa2hva 0"))
        self.base = int(found[1], 16) if found else None
        if self.base is not None and not process.read(self.base, 1):
            self.base = None

    def snapshot(self) -> Snapshot:
        """The machine as it stands now."""
        text = self.monitor("info registers")
        held = {
            name.lower(): (int(selector, 16), int(base, 16), int(limit, 16))
            for name, selector, base, limit in SEGMENT.findall(text)
        }
        held["ldtr"] = held.pop("ldt", (0, 0, 0))
        tables = {
            name: (int(base, 16), int(limit, 16))
            for name, base, limit in TABLE.findall(text)
        }
        return Snapshot(
            registers=self.registers(text),
            gdtr=tables.get("GDT", (0, 0)),
            idtr=tables.get("IDT", (0, 0)),
            task=held.pop("tr", (0, 0, 0)),
            segments=held,
            sysenter=(),
            read=self.read,
            megabytes=self.megabytes,
        )

    def read(self, address: int, size: int) -> bytes:
        """Bytes from a physical address on; short behind the end of memory."""
        size = max(0, min(size, (self.megabytes << 20) - address)) if address >= 0 else 0
        if not size:
            return b""
        if self.base is not None:
            return self.process.read(self.base + address, size)
        self.monitor(f"pmemsave 0x{address:x} 0x{size:x} {DUMP}")
        try:
            data = (self.directory / DUMP).read_bytes()
        except OSError:
            return b""
        return data[:size]


class Guard:
    """Leads a watch through one boot. The machine has not begun to run."""

    def __init__(
        self,
        request: BootRequest,
        watch: Watch,
        child: Child,
        monitor: Callable[[str], str],
        registers: Callable[[str], dict[str, int]],
    ) -> None:
        self.request = request
        self.watch = watch
        self.child = child
        self.stub = GdbStub(child.directory / STOPS)
        self.process = ProcessMemory(child.process.pid)
        self.eye = Eye(
            monitor, registers, self.process, child.directory, request.megabytes
        )
        self.begun = 0  # tests
        self.running = False
        self.over = False
        for address in (request.begin, request.end):
            if not self.stub.stop_at(address):
                raise GraderError("QEMU does not set a breakpoint")
        self.stub.resume()

    def close(self) -> None:
        """To be called at the end."""
        self.process.close()
        self.stub.close()

    def moment(self, address: int) -> Moment | None:
        """What a stop at this address is."""
        if self.running:
            if address != self.request.end:
                return None
            self.running = False
            return Moment.END
        if address != self.request.begin or self.over:
            return None
        if self.begun == len(self.request.limits):
            self.over = True
            return Moment.OVER
        self.begun += 1
        self.running = True
        return Moment.BEGIN

    def goes_on(self) -> bool:
        """Has the machine looked at, if it stands at a stop. False: the watch has
        seen enough."""
        if not self.stub.stopped():
            return True
        now = self.eye.snapshot()
        moment = self.moment(now.registers.get("eip", 0))
        if moment and not self.watch.look(moment, lambda: now, self.child.line_from):
            return False
        self.stub.step()
        self.stub.resume()
        return True
