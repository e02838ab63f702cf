# SPDX-License-Identifier: MIT
"""One boot of a stage that reports its memory: at the start, or before and after one
of its tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from h4.emulator import BootRequest, BootResult, boot
from h4.errors import GraderError
from h4.grub import grub_cache
from h4.manifest import Test
from h4.nonce import boot_secrets
from h4.protocol import Transcript, parse
from h4.running import LIMIT
from h4.stage import Stage
from h4.symbols import BEGUN, ENDED
from h4.work_folder import work_folder

MOST_NOTES = 2000  # of the machine or of a test: 440 KB
MOST_TREE_NOTES = 20_000  # and of what is told again and again while programs run
PICTURES = 600_000_000  # instructions: a byte on the line costs 870 of them


@dataclass(frozen=True)
class MemoryBoot:
    """What the machine is.

    seed    of the test's data; None: that which follows from the submission
    jitter  seeds the timer's interrupts; None: they are regular
    seconds of processor time that a boot may take; None: more than its tests can use
    """

    megabytes: int = 32
    emulator: str = "bochs"
    seed: int | None = None
    jitter: int | None = None
    seconds: float | None = None

    def run(
        self, stage: Stage, secret: str, test: Test | None
    ) -> tuple[BootResult, Transcript]:
        """Boots `stage` for one test, or for none. `secret` is the course's."""
        image = stage.image
        first = test.name if test else "memory"
        secrets = boot_secrets(secret, image.path, stage.lab.number, first)
        args, begin, end, limit = f"nonce={secrets.nonce},memory=1", 0, 0, LIMIT + PICTURES
        if test:
            if test.name not in image.tests:
                raise GraderError(f"{test.name} is in the manifest, not in the stage")
            seed = secrets.seed if self.seed is None else self.seed
            args += f",seed={seed},tests={image.tests.index(test.name)}"
            args += "" if self.jitter is None else f",jitter={self.jitter}"
            begin = image.address(BEGUN)
            end = image.address(ENDED)
            # The pictures are sent within the test.
            limit = test.limit + PICTURES
        with work_folder("memory-") as work:
            request = BootRequest(
                kernel=image.path,
                args=args,
                megabytes=self.megabytes,
                workdir=Path(work),
                begin=begin,
                end=end,
                limits=[limit],
                modules=stage.tested if test else stage.modules,
                cache=grub_cache(image.path),
                seconds=self.seconds,
            )
            result = boot(request, self.emulator)
        return result, parse(result.com2, secrets.nonce, MOST_NOTES + MOST_TREE_NOTES)
