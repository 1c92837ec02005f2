"""Reading parts of plain and gzip files, whatever the pieces are."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from srviewer.errors import UserError
from srviewer.io.files.streams import PIECE, read_range
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
