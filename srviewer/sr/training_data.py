"""What a run learns from, read from files: volumes or images, no person on both sides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from srviewer.core.bicubic import Image
from srviewer.core.volume import Volume
from srviewer.io.formats import scan
from srviewer.io.images import read_image
from srviewer.io.series import Series
from srviewer.job import Job, Progress, within
from srviewer.sr.naming import told_apart
from srviewer.sr.people import Person, check_split, people_in, people_of, scan_name

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
    learned = yield from within(_found(paths), 0.0, 0.2)
    held_out = yield from within(_found(validation), 0.2, 0.3)
    check_split(people_of(learned), people_of(held_out))
    names = told_apart([scan_name(series) for series in (*learned, *held_out)])
    volumes: list[Volume] = []
    for number, (name, series) in enumerate(zip(names, (*learned, *held_out), strict=True)):
        done = 0.3 + 0.7 * number / len(names)
        volume = yield from within(series.read(0), done, done)
        volumes.append(replace(volume, name=name))
    kept = len(learned)
    return TrainingData(
        names[:kept], names[kept:], learned=tuple(volumes[:kept]), volumes=tuple(volumes[kept:])
    )


def image_data(paths: Sequence[Path], validation: Sequence[Path]) -> Job[TrainingData]:
    """Every image named, and those directly in the folders named.

    Raises UserError when one cannot be read, or is on both sides.
    """
    people = yield from within(people_in(paths, "image"), 0.0, 0.05)
    others = yield from within(people_in(validation, "image"), 0.05, 0.1)
    check_split(people, others)
    learned = yield from within(_images(people), 0.1, 0.8)
    held_out = yield from within(_images(others), 0.8, 1.0)
    names = told_apart([name for name, _ in (*learned, *held_out)])
    return TrainingData(
        names[: len(learned)],
        names[len(learned) :],
        images=tuple(image for _, image in learned),
        held_out_images=tuple(image for _, image in held_out),
    )


def _found(paths: Sequence[Path]) -> Job[tuple[Series, ...]]:
    if not paths:
        return ()
    found = yield from scan(list(paths))
    return found.series


def _images(people: Sequence[Person]) -> Job[list[tuple[str, Image]]]:
    files = [file for person in people for file in person.files]
    images = []
    for number, file in enumerate(files):
        yield Progress(number / len(files), f"Reading {file.name}")
        images.append((file.stem, read_image(file)))
    return images
