# SPDX-License-Identifier: MIT
"""A conversation with the GDB server in QEMU, as far as stopping at addresses needs
it. Source: GDB's manual, appendix E, "GDB Remote Serial Protocol".

While a GDB is there QEMU waits at a breakpoint for it, so that nothing depends on how
soon anybody looks.
"""

from __future__ import annotations

import os
import re
import select
import socket
import time
from pathlib import Path

PACKET = re.compile(rb"[$]([^#]*)#[0-9a-f]{2}", re.S)
HARDWARE = 1  # kind of breakpoint: nothing is written to the guest's memory
STOPPED = (b"T", b"S")
PATIENCE = 60.0  # seconds of the wall clock for an answer
MOST = 1 << 16


class StubGone(Exception):
    """The other side has hung up."""


class GdbStub:
    """One machine. It stands still from the moment of the connection on."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._buffer = b""
        # A socket's name has to be short, and folders have long ones.
        folder = os.open(path.parent, os.O_PATH)
        try:
            self._socket.connect(f"/proc/self/fd/{folder}/{path.name}")
        except OSError as error:
            self._socket.close()
            raise StubGone(str(error)) from None
        finally:
            os.close(folder)

    def close(self) -> None:
        self._socket.close()

    def fileno(self) -> int:
        return self._socket.fileno()

    def _send(self, packet: bytes) -> None:
        frame = b"$%s#%02x" % (packet, sum(packet) & 0xFF)
        try:
            self._socket.sendall(frame)
        except OSError:
            raise StubGone from None

    def _receive(self, seconds: float) -> bytes | None:
        """The next packet; None if none comes."""
        end = time.monotonic() + seconds
        while True:
            found = PACKET.search(self._buffer)
            if found:
                self._buffer = self._buffer[found.end() :]
                try:
                    self._socket.sendall(b"+")
                except OSError:
                    raise StubGone from None
                return found[1]
            left = max(0.0, end - time.monotonic())
            if not select.select([self._socket], [], [], left)[0]:
                return None
            try:
                data = self._socket.recv(MOST)
            except OSError:
                data = b""
            if not data:
                raise StubGone
            self._buffer += data

    def _ask(self, packet: bytes) -> bytes:
        self._send(packet)
        answer = self._receive(PATIENCE)
        if answer is None:
            raise StubGone
        return answer

    def stop_at(self, address: int) -> bool:
        """Whether the machine will stop in front of this instruction."""
        return self._ask(b"Z%d,%x,1" % (HARDWARE, address)) == b"OK"

    def resume(self) -> None:
        """Lets the machine run; `stopped` says when it stands again."""
        self._send(b"c")

    def resume_interrupted(self) -> None:
        """Lets a machine run on that was stopped by others, which the server has told."""
        if self._receive(PATIENCE) is None:
            raise StubGone
        self.resume()

    def step(self) -> None:
        """One instruction: from one with a breakpoint the machine does not go on."""
        self._ask(b"s")

    def stopped(self) -> bool:
        """Whether the machine has come to a stop since it was let run."""
        packet = self._receive(0)
        return packet is not None and packet[:1] in STOPPED
