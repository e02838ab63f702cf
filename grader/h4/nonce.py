# SPDX-License-Identifier: MIT
"""The nonce and the seed of a boot."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path


# Of each line on COM2, where a byte is dear. Who guesses wrong has lost the boot.
NONCE_BYTES = 3


@dataclass(frozen=True)
class Secrets:
    """Nonce and seed of a boot: nobody can know them before it is built. `ways` chooses
    where tests are seen to come by; the guest is not told."""

    nonce: str
    seed: int
    ways: int


def boot_secrets(secret: str, image: Path, lab: int, first: str) -> Secrets:
    """Derived, not drawn: the same image gets the same verdict and log.

    `first` is the test that the boot begins with, which numbers it. The seed is
    that of the lab, so that a test which is run alone sees the same data again.
    """
    digest = hashlib.sha256(image.read_bytes()).hexdigest()

    def derive(words: str) -> bytes:
        return hmac.new(secret.encode(), words.encode(), hashlib.sha256).digest()

    nonce = derive(f"nonce {digest} {lab} {first}")[:NONCE_BYTES].hex()
    seed = int.from_bytes(derive(f"seed {digest} {lab}")[:4], "little")
    ways = int.from_bytes(derive(f"ways {digest} {lab}")[:8], "little")
    return Secrets(nonce, seed, ways)
