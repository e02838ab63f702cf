# SPDX-License-Identifier: MIT
"""Which function a test that does not come to its end is said to hang in.

It is the loop's own (bochs_hang.py), if a student has written it. A loop of the test, of
the harness or of the kernel that is given waits for something, or calls something again
and again; and what only takes too long has no loop of its own: then it is the one of a
student's functions in which most of the time is spent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain

from h4.emulator import BootResult, Ending
from h4.endings import Outcome, up_to_the_test
from h4.faults import WRONG_RING, in_kernels_ring
from h4.snapshot import KERNEL_BASE
from h4.symbols import Image, Place

SELDOM = 4  # one moment of so many says nothing


def tell_hang(
    outcome: Outcome, image: Image, result: BootResult, files: Collection[str]
) -> None:
    """Adds the backtrace, and what is to be said of it; `files` are those of the
    exercises."""
    places = hang_places(image, result, files)
    outcome.backtrace = up_to_the_test(places, outcome.test)
    at = places[0].address
    cs = result.hang.user_cs if result.hang else 0
    # No program can execute HLT.
    if at < KERNEL_BASE and result.ending == Ending.HALTED or in_kernels_ring(at, cs):
        outcome.message.append(WRONG_RING)
    elif result.hang and at < KERNEL_BASE:
        outcome.message.append(
            "user code runs on and on there: it waits for what never comes, or the kernel "
            "does not stop it"
        )


def hang_places(
    image: Image,
    result: BootResult,
    files: Collection[str],
) -> Sequence[Place]:
    """Where it hangs, then who has called that."""
    hang = result.hang
    if hang is None:
        return _places(image, result.frames)
    frames = hang.loop or result.frames
    if frames[0] < KERNEL_BASE:
        return image.places([_lowest(hang.samples)])
    # A function without a frame that nobody leaves is where it is.
    alone = {image.function_begin(at) for at in (frames[0], *hang.row)}
    first = frames[0] if hang.row and len(alone) == 1 else _called(image, frames)
    own = _own(image, [[first], frames, *hang.samples], files)
    if hang.loop and image.function_begin(first) in own:
        return _places(image, [first, *frames[1:]])
    return _places(image, _most(image, hang.samples, own) or [first, *frames[1:]])


def _places(image: Image, frames: Sequence[int]) -> Sequence[Place]:
    """A return address belongs to the call in front of it."""
    return image.places([at - (index > 0) for index, at in enumerate(frames)])


def _lowest(samples: Sequence[list[int]]) -> int:
    """Of a loop in user space the beginning, as far as it was seen."""
    return min(one[0] for one in samples if one and one[0] < KERNEL_BASE)


def _called(image: Image, frames: Sequence[int]) -> int:
    """Where the innermost function was. One that has called another, which has no frame
    yet, is not there itself: then it is its beginning."""
    target = image.call_in_front_of(frames[1]) if len(frames) > 1 else None
    if target is None or image.function(target) == image.function(frames[0]):
        return frames[0]
    return target


def _own(
    image: Image, samples: Sequence[list[int]], files: Collection[str]
) -> set[int]:
    """Where the functions begin that a student has written."""
    begins = sorted({image.function_begin(at) for at in chain(*samples)} - {-1})
    places = image.places(begins)
    return {place.address for place in places if place.file in files}


def _most(
    image: Image, samples: Sequence[list[int]], own: set[int]
) -> list[int] | None:
    """The frames from the outermost of them on that is there most often."""
    found: dict[int, list[int]] = {}
    count: Counter[int] = Counter()
    for one in samples:
        for at in reversed(range(len(one))):
            place = one[at] - (at > 0)
            begin = image.function_begin(place)
            if begin in own:
                count[begin] += 1
                found.setdefault(begin, [place, *one[at + 1 :]])
                break
    for begin, times in count.most_common(1):
        if times * SELDOM > len(samples):
            return found[begin]
    return None
