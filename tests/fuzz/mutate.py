"""Damage to the bytes of a file, from a random generator that can be repeated."""

import gzip
import struct
from random import Random

# Numbers on which readers stumble: at the edges of their types.
EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
ODD_FLOATS = (0.0, -1.0, 1e-38, 1e38, float("nan"), float("inf"), float("-inf"))
HEADER = 3000  # bytes in which most of the damage is done


def mutated(content: bytes, random: Random) -> bytes:
    """``content`` after one to six random changes."""
    changed = bytearray(content)
    for _ in range(random.randint(1, 6)):
        if changed:
            random.choice(CHANGES)(changed, random)
    return bytes(changed)


def mutated_gzip(content: bytes, random: Random) -> bytes:
    """As ``mutated`` inside a gzip file, or on the gzip file itself."""
    if random.random() < 0.7:
        return gzip.compress(mutated(content, random), 1)
    return mutated(gzip.compress(content, 1), random)


def _place(changed: bytearray, random: Random) -> int:
    reach = len(changed) if random.random() < 0.2 else min(len(changed), HEADER)
    return random.randrange(reach)


def _flip_bit(changed: bytearray, random: Random) -> None:
    changed[_place(changed, random)] ^= 1 << random.randrange(8)


def _set_byte(changed: bytearray, random: Random) -> None:
    changed[_place(changed, random)] = random.randrange(256)


def _write_edge(changed: bytearray, random: Random) -> None:
    size = random.choice((1, 2, 4))
    order = random.choice(("little", "big"))
    value = random.choice(EDGES) % 256**size
    place = _place(changed, random)
    changed[place : place + size] = value.to_bytes(size, order)


def _write_float(changed: bytearray, random: Random) -> None:
    place = _place(changed, random) // 4 * 4
    changed[place : place + 4] = struct.pack(random.choice("<>") + "f", random.choice(ODD_FLOATS))


def _cut(changed: bytearray, random: Random) -> None:
    del changed[random.randrange(len(changed)) :]


def _remove(changed: bytearray, random: Random) -> None:
    place = _place(changed, random)
    del changed[place : place + random.randint(1, 64)]


def _insert(changed: bytearray, random: Random) -> None:
    place = _place(changed, random)
    changed[place:place] = random.randbytes(random.randint(1, 64))


def _repeat(changed: bytearray, random: Random) -> None:
    place, there = _place(changed, random), _place(changed, random)
    changed[there:there] = changed[place : place + random.randint(1, 256)]


def _move(changed: bytearray, random: Random) -> None:
    place, there = _place(changed, random), _place(changed, random)
    count = random.randint(1, 32)
    changed[there : there + count] = changed[place : place + count]


CHANGES = (
    _flip_bit,
    _flip_bit,
    _set_byte,
    _set_byte,
    _write_edge,
    _write_edge,
    _write_float,
    _cut,
    _remove,
    _insert,
    _repeat,
    _move,
)
