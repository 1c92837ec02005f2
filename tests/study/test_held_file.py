"""A file holds a volume for as long as it is what was read."""

from pathlib import Path

import numpy as np

from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.job import Job, Progress, run
from srviewer.study.state.held_file import file_of, held_in, path_of, read_from

VOLUME = Volume(np.zeros((2, 2, 2), np.float32), Geometry((2, 2, 2), np.eye(4)), "v")


def test_a_file_that_is_written_to_while_it_is_read_does_not_hold_the_volume(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.nii"
    path.write_bytes(b"before")

    def reading(written: bytes | None) -> Job[Volume]:
        yield Progress(0.5, "Reading")
        if written is not None:
            path.write_bytes(written)
        return VOLUME

    assert file_of(run(read_from(path, reading(None)))) == path
    assert file_of(run(read_from(path, reading(b"afterwards")))) is None
    assert path_of(VOLUME) == path


def test_a_file_that_was_never_there_holds_nothing(tmp_path: Path) -> None:
    assert file_of(held_in(tmp_path / "gone.nii", VOLUME)) is None
