"""What a run learns from, read from files: volumes or images, no person on both sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from srviewer.core.bicubic import Image
from srviewer.core.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import scan
from srviewer.io.images import image_files, read_image
from srviewer.job import Job, Progress, within

if TYPE_CHECKING:
    from srviewer.nn.material import Material


@dataclass(frozen=True, eq=False)
class TrainingData:
    """``names`` are learned from, ``held_out`` are measured on.

    Either volumes (``learned``, ``volumes``) or images (``images``, ``held_out_images``).
    """

    names: tuple[str, ...]
    held_out: tuple[str, ...]
    learned: tuple[Volume, ...] = ()
    volumes: tuple[Volume, ...] = ()
    images: tuple[Image, ...] = ()
    held_out_images: tuple[Image, ...] = ()

    def material(self) -> "Material":
        """As the training loop takes it."""
        from srviewer.nn.material import Images, Volumes  # a door to torch

        if self.images:
            return Images(self.images, self.held_out_images)
        return Volumes(self.learned, self.volumes)


def volume_data(paths: Sequence[Path], validation: Sequence[Path]) -> Job[TrainingData]:
    """Every volume in the files and folders, the first frame of each series.

    Raises UserError when one cannot be read, or a person is on both sides.
    """
    learned = yield from within(_volumes(paths), 0.0, 0.7)
    held_out = yield from within(_volumes(validation), 0.7, 1.0)
    names, others = ([volume.name for volume in side] for side in (learned, held_out))
    check_split(names, others)
    return TrainingData(tuple(names), tuple(others), tuple(learned), tuple(held_out))


def image_data(paths: Sequence[Path], validation: Sequence[Path]) -> Job[TrainingData]:
    """Every image named, and those directly in the folders named.

    Raises UserError when one cannot be read, or is on both sides.
    """
    learned = yield from within(_images(paths), 0.0, 0.8)
    held_out = yield from within(_images(validation), 0.8, 1.0)
    names, others = ([name for name, _ in side] for side in (learned, held_out))
    check_split(names, others)
    return TrainingData(
        tuple(names),
        tuple(others),
        images=tuple(image for _, image in learned),
        held_out_images=tuple(image for _, image in held_out),
    )


def subject(name: str) -> str:
    """Whose scan a volume is: the BIDS label ``sub-...`` of its name, else the name itself."""
    return next((part for part in name.split("_") if part.startswith("sub-")), name)


def check_split(train: Iterable[str], validation: Iterable[str]) -> None:
    """Raise UserError when a person, or an image, is on both sides."""
    shared = set(map(subject, train)) & set(map(subject, validation))
    if shared:
        raise UserError(
            f"The same person would be trained and tested on: {', '.join(sorted(shared))}. "
            f"Keep each person on one side."
        )


def _volumes(paths: Sequence[Path]) -> Job[list[Volume]]:
    volumes: list[Volume] = []
    if not paths:
        return volumes
    found = yield from within(scan(list(paths)), 0.0, 0.5)
    for number, series in enumerate(found.series):
        done = 0.5 + 0.5 * number / len(found.series)
        volumes.append((yield from within(series.read(0), done, done)))
    return volumes


def _images(paths: Sequence[Path]) -> Job[list[tuple[str, Image]]]:
    files = [file for path in paths for file in (image_files(path) if path.is_dir() else [path])]
    images = []
    for number, file in enumerate(files):
        yield Progress(number / len(files), f"Reading {file.name}")
        images.append((file.stem, read_image(file)))
    return images
