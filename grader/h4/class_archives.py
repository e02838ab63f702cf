# SPDX-License-Identifier: MIT
"""Archives that students hand in, read without trust.

Nothing is extracted by the tools that made them: what a stage may need is read member
by member and written by its plain path. An archive that holds what none needs, a link,
a device, a path that leads out of it, two files of one name, is refused as a whole, and
so is one that unpacks to more than any tree of the course has. Reading happens in the
submission's own confinement: a mistake in a reader harms that submission alone.
"""

from __future__ import annotations

import io
import os
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path, PurePosixPath
from typing import IO

from h4.submission import LIMIT, Refused

MOST_MEMBERS = 20_000
MOST_BYTES = 512 << 20  # that a compressed archive unpacks to
MOST_KEPT = 64 << 20  # of all files that are taken from it
LONGEST_PATH = 1024
_EXTENDED_TIME = 0x5455  # an extra field of zip files, with the time in UTC

# A time as the archive has it: with a zone, or without where it does not say.
Time = datetime


@dataclass(frozen=True)
class Member:
    """A file of an archive: its path, its size, and its content up to a limit."""

    path: str
    size: int
    time: Time | None
    read: Callable[[int], bytes]


def checked(path: str) -> str:
    """A member's path without `./` in front."""
    shown = repr(path[:80])
    if len(path) > LONGEST_PATH:
        raise Refused(f"holds a path of {len(path)} characters: {shown}...")
    if "\0" in path:
        raise Refused(f"holds the path {shown}, with a zero byte in it")
    if path.startswith("/"):
        raise Refused(f"holds the absolute path {shown}")
    if "\\" in path:
        raise Refused(f"holds the path {shown}; `/` stands between folders")
    if ".." in PurePosixPath(path).parts:
        raise Refused(f"holds the path {shown}, which leads out of it")
    return str(PurePosixPath(path))


class _Counted(io.RawIOBase):
    """A stream that is refused when more has come out of it than may."""

    def __init__(self, inner: IO[bytes]) -> None:
        self.inner = inner
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self.inner.read(len(buffer))
        self.count += len(data)
        if self.count > MOST_BYTES:
            raise Refused(f"unpacks to more than {MOST_BYTES >> 20} MB")
        buffer[: len(data)] = data
        return len(data)


def _plain_stream(path: Path) -> IO[bytes]:
    """The tar file within whatever compressed it, as its first bytes tell."""
    import bz2
    import gzip
    import lzma

    with path.open("rb") as file:
        head = file.read(6)
    for magic, opener in (
        (b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\0", lzma.open),
    ):  # fmt: skip
        if head.startswith(magic):
            return opener(path, "rb")  # type: ignore[operator, no-any-return]
    return path.open("rb")


def _tar_members(path: Path) -> Iterator[Member]:
    with _plain_stream(path) as inner:
        stream = io.BufferedReader(_Counted(inner), 1 << 16)
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for info in tar:
                name = checked(info.name)
                if info.isdir():
                    continue
                if info.issym() or info.islnk():
                    raise Refused(f"holds a link, {name[:80]!r}")
                if not info.isreg():
                    raise Refused(f"holds {name[:80]!r}, which is no plain file")

                def content(limit: int, info: tarfile.TarInfo = info) -> bytes:
                    file = tar.extractfile(info)
                    return file.read(limit) if file else b""

                time = datetime.fromtimestamp(int(info.mtime), timezone.utc)
                yield Member(name, info.size, time, content)


def _zip_time(info: zipfile.ZipInfo) -> Time | None:
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        if kind == _EXTENDED_TIME and size >= 5 and len(extra) >= 9 and extra[4] & 1:
            (seconds,) = struct.unpack_from("<i", extra, 5)
            return datetime.fromtimestamp(seconds, timezone.utc)
        extra = extra[4 + size :]
    try:
        return datetime(*info.date_time)
    except ValueError:
        return None


def _zip_members(path: Path) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if sum(info.file_size for info in infos) > MOST_BYTES:
            raise Refused(f"unpacks to more than {MOST_BYTES >> 20} MB")
        for info in infos:
            # What the archive says, before Python makes it harmless.
            name = checked(info.orig_filename)
            kind = info.external_attr >> 28
            if info.is_dir():
                continue
            if kind == 0o12:
                raise Refused(f"holds a link, {name[:80]!r}")
            if kind not in (0, 0o10):
                raise Refused(f"holds {name[:80]!r}, which is no plain file")
            if info.flag_bits & 1:
                raise Refused("is encrypted")

            def content(limit: int, info: zipfile.ZipInfo = info) -> bytes:
                with archive.open(info) as file:
                    return file.read(limit)

            yield Member(name, info.file_size, _zip_time(info), content)


# What the readers raise when an archive is not one.
_BROKEN = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError,
    struct.error, NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip


@contextmanager
def _broken(kind: str) -> Iterator[None]:
    import lzma

    try:
        yield
    except MemoryError:
        raise Refused(f"is a {kind} that takes more memory than there is") from None
    except (*_BROKEN, lzma.LZMAError) as error:
        words = "".join(c if c.isprintable() else "?" for c in str(error))
        words = words[:120] or type(error).__name__
        raise Refused(f"is a broken {kind}: {words}") from None


def kind_of(path: Path) -> str:
    """zip or tar, by the content; empty: something else."""
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip file"
    compressed = head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"))
    if compressed or head[257:262] == b"ustar":
        return "tar file"
    return ""


def unpack(
    path: Path, kind: str, to: Path, wanted: Callable[[str], bool]
) -> list[str]:
    """Writes those files of an archive that are `wanted` by their whole path, below
    `to`, with their times; and says which there are.

    A time without zone is left on the file as if it was UTC: its name stands in
    `to`/../no-zone.
    """
    members = _zip_members(path) if kind == "zip file" else _tar_members(path)
    seen: set[str] = set()
    kept = 0
    no_zone: list[str] = []
    with _broken(kind):
        for count, member in enumerate(members):
            if count >= MOST_MEMBERS:
                raise Refused(f"holds more than {MOST_MEMBERS:,} files")
            if member.path in seen:
                raise Refused(f"holds {member.path[:80]!r} twice")
            seen.add(member.path)
            if not wanted(member.path):
                continue
            content = member.read(LIMIT + 1)
            if len(content) < min(member.size, LIMIT + 1):
                raise Refused(f"is a broken {kind}: {member.path[:80]!r} is cut off")
            kept += len(content)
            if kept > MOST_KEPT:
                raise Refused(f"holds more than {MOST_KEPT >> 20} MB of sources")
            write(to / member.path, content, member.size)
            if member.time:
                stamp(to / member.path, member.time)
                if member.time.tzinfo is None:
                    no_zone.append(member.path)
    (to.parent / "no-zone").write_text("\0".join(no_zone), "utf-8", "surrogateescape")
    return sorted(seen)


def write(file: Path, content: bytes, size: int) -> None:
    """What is longer than is read is as long here, too, for the message about it."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except (FileExistsError, NotADirectoryError, IsADirectoryError):
        raise Refused(f"has both a file and a folder at {file.name[:80]!r}") from None
    if len(content) > LIMIT:
        os.truncate(file, min(size, 4 << 20))


def stamp(file: Path, time: Time) -> None:
    whole = time if time.tzinfo else time.replace(tzinfo=timezone.utc)
    seconds = max(0.0, whole.timestamp())
    os.utime(file, (seconds, seconds))
