"""Valid JSON and valid safetensors whose values are of the wrong kinds."""

import copy
import json
import struct
from collections.abc import Callable
from random import Random
from typing import Any

# Written into the text afterwards: what json.dumps does not make.
RAW = {
    '"@float"': "1e400",
    '"@whole"': "9" * 500,
    '"@nan"': "NaN",
    '"@deep"': "[" * 60 + "]" * 60,
    '"@deepest"': "[" * 50_000 + "]" * 50_000,
    '@again"': '"',  # a key for the second time
}
OTHERS: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 0.5, -0.5, 1e-320, 1e38, 1e300),
    *("", "text", "2", "nan", "\ud800", "\udcff", "a\0b", "\x1b[2J", "../../up", "/", "x" * 20_000),
    *([], {}, [[]], [1, "a", None], {"a": {}}, {"": 0}, list(range(50))),
    *("@float", "@whole", "@nan", "@deep", "@deepest"),
)
ENCODINGS = ("utf-8",) * 12 + ("utf-8-sig", "utf-16", "latin-1")
TYPES = ("F32", "F64", "F16", "BF16", "I64", "I32", "U8", "BOOL", "F8_E4M3", "none", "")
ODD_VALUES = (float("nan"), float("inf"), float("-inf"), -1.0, 1e38, 1e30, 0.0)

Place = tuple[Any, Any]  # an object or a list, and a key or a number in it


def json_of_other_kinds(content: bytes, random: Random) -> bytes:
    """``content``, JSON, after one to three changes of its values."""
    document = json.loads(content)
    for _ in range(random.randint(1, 3)):
        document = _changed(document, random)
    text = json.dumps(document)
    for mark, written in RAW.items():
        text = text.replace(mark, written)
    return text.encode(random.choice(ENCODINGS), "replace")


def lines_of_other_kinds(content: bytes, random: Random) -> bytes:
    """``content``, a JSON value on each line, with one of them changed."""
    lines = content.splitlines()
    number = random.randrange(len(lines))
    lines[number] = json_of_other_kinds(lines[number], random)
    return b"\n".join(lines)


def safetensors_of_other_kinds(content: bytes, random: Random) -> bytes:
    """``content``, a safetensors file, with its arrays, offsets or metadata changed."""
    (length,) = struct.unpack("<Q", content[:8])
    header, body = json.loads(content[8 : 8 + length]), bytearray(content[8 + length :])
    for _ in range(random.randint(1, 2)):
        random.choice(TENSOR_CHANGES)(header, body, random)
    text = json.dumps(header)
    for mark, written in RAW.items():
        text = text.replace(mark, written)
    packed = text.encode()
    return struct.pack("<Q", len(packed)) + packed + bytes(body)


def _other(random: Random) -> Any:
    """A value of its own, since the next change may be inside it."""
    return copy.deepcopy(random.choice(OTHERS))


def _changed(document: Any, random: Random) -> Any:
    places = list(_places(document))
    if not places or random.random() < 0.02:
        return _other(random)
    outer, key = random.choice(places)
    random.choice(VALUE_CHANGES)(outer, key, random)
    return document


def _places(document: Any) -> list[Place]:
    found: list[Place] = []
    waiting = [document] if isinstance(document, dict | list) else []
    while waiting:
        outer = waiting.pop()
        keys = list(outer) if isinstance(outer, dict) else range(len(outer))
        for key in keys:
            found.append((outer, key))
            if isinstance(outer[key], dict | list):
                waiting.append(outer[key])
    return found


def _replace(outer: Any, key: Any, random: Random) -> None:
    outer[key] = _other(random)


def _drop(outer: Any, key: Any, random: Random) -> None:
    del outer[key]


def _double(outer: Any, key: Any, random: Random) -> None:
    if isinstance(outer, list):
        outer.append(outer[key])
    else:
        outer[f"{key}@again"] = _other(random)


def _nest(outer: Any, key: Any, random: Random) -> None:
    for _ in range(random.choice((1, 2, 40))):
        outer[key] = random.choice(([outer[key]], {"a": outer[key]}))


def _as_text(outer: Any, key: Any, random: Random) -> None:
    outer[key] = json.dumps(outer[key])


def _edge(outer: Any, key: Any, random: Random) -> None:
    """Another number where there is one."""
    if isinstance(outer[key], int | float) and abs(outer[key]) < 1e300:
        numbers = (-outer[key], outer[key] * 10**6, outer[key] + 0.5, 0, -1, 10**15, 1e18)
        outer[key] = random.choice(numbers)
    else:
        outer[key] = _other(random)


VALUE_CHANGES: tuple[Callable[[Any, Any, Random], None], ...] = (
    *(_replace, _replace, _replace, _drop, _double, _nest, _as_text, _edge, _edge),
)


def _array(header: Any, random: Random) -> Any:
    """The entry of one array; an empty one where none is left."""
    entries = [v for k, v in header.items() if k != "__metadata__" and isinstance(v, dict)]
    return random.choice(entries) if entries else {}


def _change_type(header: Any, body: bytearray, random: Random) -> None:
    _array(header, random)["dtype"] = random.choice(TYPES)


def _change_shape(header: Any, body: bytearray, random: Random) -> None:
    """Another shape of as many numbers, or of others."""
    entry = _array(header, random)
    shape = entry.get("shape")
    if isinstance(shape, list) and shape and all(type(n) is int for n in shape):
        entry["shape"] = random.choice(
            (shape[::-1], [1, *shape], [*shape, 1], [*shape, 0], [2**31, *shape], [-1, *shape[1:]])
        )


def _change_offsets(header: Any, body: bytearray, random: Random) -> None:
    entry = _array(header, random)
    entry["data_offsets"] = random.choice(([0, 0], [0, 2**40], [-4, 0], [8, 4], [0], "0", None))


def _change_header(header: Any, body: bytearray, random: Random) -> None:
    _changed(header, random)


def _change_metadata(header: Any, body: bytearray, random: Random) -> None:
    """A text of the metadata: as a text, or inside the JSON that it is."""
    metadata = header.get("__metadata__")
    if not isinstance(metadata, dict) or not metadata:
        return
    key = random.choice(sorted(metadata))
    text = metadata[key]
    try:
        metadata[key] = json_of_other_kinds(text.encode(), random).decode("utf-8", "replace")
    except (ValueError, AttributeError, RecursionError):  # no JSON, or too deep by now
        metadata[key] = random.choice(("", "text", "-3", "nan", "1e400", "a\x1bb", "residual"))


def _change_values(header: Any, body: bytearray, random: Random) -> None:
    for _ in range(random.choice((1, 1000))):
        place = random.randrange(max(1, len(body) - 4)) // 4 * 4
        body[place : place + 4] = struct.pack("<f", random.choice(ODD_VALUES))


TENSOR_CHANGES: tuple[Callable[[Any, bytearray, Random], None], ...] = (
    _change_type,
    _change_shape,
    _change_offsets,
    _change_header,
    _change_metadata,
    _change_metadata,
    _change_metadata,
    _change_values,
)
