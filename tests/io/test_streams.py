"""Reading parts of plain and gzip files, whatever the pieces are."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from srviewer.errors import UserError
from srviewer.io.streams import PIECE, read_range
from srviewer.job import run

CONTENT = np.random.default_rng(3).integers(0, 40, 3 * PIECE + 17, np.uint8).tobytes()
SPLIT = PIECE + 5


def members(tmp_path: Path) -> dict[str, Path]:
    """The same content as one plain file and as several kinds of gzip file."""
    packed = gzip.compress(CONTENT, 1)
    several = gzip.compress(CONTENT[:SPLIT], 1) + gzip.compress(CONTENT[SPLIT:], 1)
    kinds = {"plain": CONTENT, "gzip": packed, "several": several, "padded": packed + b"\0" * 900}
    for name, content in kinds.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in kinds}


@pytest.mark.parametrize(
    ("start", "count"), [(0, 10), (0, len(CONTENT)), (SPLIT - 3, 9), (len(CONTENT) - 5, 5)]
)
def test_any_part_of_any_kind_of_file(tmp_path: Path, start: int, count: int) -> None:
    for name, path in members(tmp_path).items():
        assert run(read_range(path, start, count)) == CONTENT[start : start + count], name


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


def test_damage_behind_the_wanted_part_is_found(tmp_path: Path) -> None:
    path = members(tmp_path)["gzip"]
    content = bytearray(path.read_bytes())
    content[-6] ^= 4
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged"):
        run(read_range(path, 0, 10))


def test_progress_never_runs_backwards(tmp_path: Path) -> None:
    for path in members(tmp_path).values():
        fractions = [step.fraction for step in read_range(path, 0, len(CONTENT))]
        assert fractions == sorted(fractions)
        assert fractions[-1] <= 1
