"""What a run learns from, read from files: volumes or images, no person on both sides."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from srviewer.core.scores.bicubic import Image
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.formats import scan
from srviewer.io.images import read_image
from srviewer.io.scans.series import Counts, Series, added, summary
from srviewer.job import Job, Progress, within
from srviewer.sr.inputs.numbered_names import told_apart
from srviewer.sr.inputs.segmentations import scans_among
from srviewer.sr.inputs.subjects import Person, check_split, people_in, people_of, scan_name

if TYPE_CHECKING:
    from srviewer.nn.data.training_data import Material


@dataclass(frozen=True)
class DataRead(Progress):
    """All volumes were read. ``left_out``: as in ``TrainingData``."""

    left_out: Counts


@dataclass(frozen=True, eq=False)
class TrainingData:
    """``names`` are learned from, ``held_out`` are measured on.

    Either volumes (``learned``, ``volumes``) or images (``images``, ``held_out_images``).
    ``left_out``: how many masks and label maps were not taken, and how they were told.
    """

    names: tuple[str, ...]
    held_out: tuple[str, ...]
    learned: tuple[Volume, ...] = ()
    volumes: tuple[Volume, ...] = ()
    images: tuple[Image, ...] = ()
    held_out_images: tuple[Image, ...] = ()
    left_out: Counts = ()

    def material(self) -> "Material":
        """As the training loop takes it."""
        from srviewer.nn.data.training_data import Images, Volumes  # a door to torch

        if self.images:
            return Images(self.images, self.held_out_images)
        return Volumes(self.learned, self.volumes)


def volume_data(paths: Sequence[Path], validation: Sequence[Path]) -> Job[TrainingData]:
    """Every scan in the files and folders, the first frame of each series; yields DataRead last.

    Raises UserError when one cannot be read, a person is on both sides, or one side holds nothing
    but masks and label maps.
    """
    learned, left_out = yield from within(_found(paths), 0.0, 0.2)
    held_out, also_left_out = yield from within(_found(validation), 0.2, 0.3)
    check_split(people_of(learned), people_of(held_out))
    names = told_apart([scan_name(series) for series in (*learned, *held_out)])
    volumes: list[Volume] = []
    for number, (name, series) in enumerate(zip(names, (*learned, *held_out), strict=True)):
        done = 0.3 + 0.7 * number / len(names)
        volume = yield from within(series.read(0), done, done)
        volumes.append(replace(volume, name=name))
    kept = len(learned)
    together = added(left_out, also_left_out)
    yield DataRead(1.0, "The scans are read", together)
    return TrainingData(
        names[:kept],
        names[kept:],
        learned=tuple(volumes[:kept]),
        volumes=tuple(volumes[kept:]),
        left_out=together,
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


def _found(paths: Sequence[Path]) -> Job[tuple[tuple[Series, ...], Counts]]:
    """The scans in the files, and what else was found; UserError where there is only the latter."""
    if not paths:
        return (), ()
    found = yield from within(scan(list(paths)), 0.0, 0.5)
    kept, left_out = yield from within(scans_among(found.series), 0.5, 1.0)
    if not kept:
        named = f"'{paths[0]}'" if len(paths) == 1 else f"what these {len(paths)} paths hold"
        raise UserError(
            f"There is no scan in {named}, only {summary(left_out)}. Give scans: a network cannot "
            f"learn from labels, nor be measured on them."
        )
    return kept, left_out


def _images(people: Sequence[Person]) -> Job[list[tuple[str, Image]]]:
    files = [file for person in people for file in person.files]
    images = []
    for number, file in enumerate(files):
        yield Progress(number / len(files), f"Reading {file.name}")
        images.append((file.stem, read_image(file)))
    return images
