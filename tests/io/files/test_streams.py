"""Reading parts of plain and gzip files, whatever the pieces are."""

import gzip
import zlib
from pathlib import Path

import numpy as np
import pytest

from srviewer.errors import UserError
from srviewer.io.files.streams import PACKED_PIECE, PIECE, beginning, read_range
from srviewer.job import run

# A little more than three pieces, so that parts and pieces overlap in every way.
CONTENT = np.random.default_rng(3).integers(0, 40, 3 * PIECE + 17, np.uint8).tobytes()
SPLIT = PIECE + 5


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same content as one plain file and as several kinds of gzip file."""
    packed = gzip.compress(CONTENT, 1)
    several = gzip.compress(CONTENT[:SPLIT], 1) + gzip.compress(CONTENT[SPLIT:], 1)
    folder = tmp_path_factory.mktemp("streams")
    kinds = {"plain": CONTENT, "gzip": packed, "several": several, "padded": packed + b"\0" * 900}
    for name, content in kinds.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in kinds}


@pytest.mark.parametrize(
    ("start", "count"), [(0, 10), (0, len(CONTENT)), (SPLIT - 3, 9), (len(CONTENT) - 5, 5)]
)
def test_any_part_of_any_kind_of_file(members: dict[str, Path], start: int, count: int) -> None:
    for name, path in members.items():
        assert run(read_range(path, start, count)) == CONTENT[start : start + count], name


def test_headers_of_members_that_lie_across_pieces(tmp_path: Path) -> None:
    """With a checksum, an extra field and names, which ISA-L reads only where they come whole."""
    header = b"\x1f\x8b\x08\x1e" + bytes(6) + b"\x03\x00abc" + b"name\0" + b"comment\0"
    header += zlib.crc32(header).to_bytes(4, "little")[:2]
    packed = header + gzip.compress(CONTENT[:900], 9, mtime=0)[10:]
    path = tmp_path / "members.gz"
    for before in range(1, len(header) + 1, 3):
        field = bytes(PACKED_PIECE - before)  # stored as it is, in a member of its own
        first = gzip.compress(field, 0, mtime=0)
        first = gzip.compress(field[: 2 * len(field) - len(first)], 0, mtime=0)
        assert 0 < PACKED_PIECE - len(first) < len(header) + 9
        path.write_bytes(first + packed)
        count = len(gzip.decompress(first))
        assert run(read_range(path, count, 900)) == CONTENT[:900]
    path.write_bytes(packed)
    assert beginning(path, 12) == CONTENT[:12]


@pytest.mark.parametrize("flag", [0x20, 0x40, 0x80])
def test_flags_that_nobody_knows_are_refused(tmp_path: Path, flag: int) -> None:
    packed = bytearray(gzip.compress(b"content"))
    packed[3] = flag
    for members in (bytes(packed), gzip.compress(b"before") + packed):
        path = tmp_path / "flags.gz"
        path.write_bytes(members)
        with pytest.raises(UserError, match="unknown header flags"):
            run(read_range(path, 0, 5))


def test_content_that_shrinks_a_thousandfold(tmp_path: Path) -> None:
    path = tmp_path / "zeros.gz"
    path.write_bytes(gzip.compress(bytes(5 * PIECE)))
    assert run(read_range(path, 0, 5 * PIECE)) == bytes(5 * PIECE)


def test_a_promise_no_gzip_file_of_this_size_can_keep_is_refused_before_memory_is_taken(
    tmp_path: Path,
) -> None:
    path = tmp_path / "small.gz"
    path.write_bytes(gzip.compress(b"abc"))
    with pytest.raises(UserError, match="cut short"):
        run(read_range(path, 0, 1 << 50))


def test_damage_behind_the_wanted_part_is_found(members: dict[str, Path], tmp_path: Path) -> None:
    content = bytearray(members["gzip"].read_bytes())
    content[-6] ^= 4
    path = tmp_path / "damaged"
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        run(read_range(path, 0, 10))


def test_progress_never_runs_backwards(members: dict[str, Path]) -> None:
    for path in members.values():
        fractions = [step.fraction for step in read_range(path, 0, len(CONTENT))]
        assert fractions == sorted(fractions)
        assert fractions[-1] <= 1
