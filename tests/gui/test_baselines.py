"""Pictures of panes and controls against stored ones, at both scales and in both themes.

Tolerance: at most 0.5 % of the pixels differ by more than 24 of 255 levels in any colour, which
leaves room for how another build of Qt rounds an edge, and the mean difference is below 1 level.
After a change that is meant: `python tests/baseline_pictures.py`, and look at what it changed.
"""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from baseline_pictures import SCALES, STORED, draw

MOST_LEVELS, MOST_PIXELS, MOST_MEAN = 24, 0.005, 1.0
NAMES = sorted(path.name.partition("@")[0] for path in STORED.glob("*@1.png"))


@pytest.fixture(scope="module", params=SCALES)
def drawn(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, int]:
    """The folder that every picture was drawn into, and at which scale."""
    folder: Path = tmp_path_factory.mktemp("drawn")
    draw(folder, request.param)
    return folder, request.param


def test_each_picture_is_as_it_was(drawn: tuple[Path, int]) -> None:
    folder, scale = drawn
    assert sorted(path.name for path in folder.iterdir()) == [f"{n}@{scale}.png" for n in NAMES]
    changed = {}
    for name in NAMES:
        now, before = (_pixels(place / f"{name}@{scale}.png") for place in (folder, STORED))
        assert now.shape == before.shape, name
        apart = np.abs(now - before)
        share = float((apart.max(axis=-1) > MOST_LEVELS).mean())
        if share > MOST_PIXELS or apart.mean() > MOST_MEAN:
            changed[name] = f"{share:.1%} of the pixels differ, by {apart.mean():.2f} in the mean"
    assert changed == {}


def test_the_stored_pictures_differ_from_each_other_by_more_than_is_tolerated() -> None:
    panes = [_pixels(STORED / f"{n}@1.png") for n in NAMES if not n.startswith("controls")]
    for number, one in enumerate(panes):
        for other in panes[number + 1 :]:
            apart = np.abs(one - other)
            assert (apart.max(axis=-1) > MOST_LEVELS).mean() > MOST_PIXELS


def _pixels(path: Path) -> np.ndarray:
    """(rows, columns, 3) levels, 0..255."""
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)
