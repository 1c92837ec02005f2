"""Movies as animated images (PNG, GIF, WebP), or as PNG images in a zip."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any

from PIL import Image as pillow
from PIL import UnidentifiedImageError, features

from srviewer.atomic import write_atomically
from srviewer.errors import UserError
from srviewer.job import Job, Progress, aside

ENDINGS = (".png", ".gif", ".webp", ".zip")
MESSAGE = "Writing the movie"


class _Cancelled(Exception):
    """Nobody waits for the file any more."""


def check_movie_name(path: Path) -> None:
    """Check that a movie can be written under a name.

    Args:
        path: Its ending chooses the format.

    Raises:
        UserError: The ending is none of ``ENDINGS``, or this installation cannot write WebP.
    """
    if path.suffix.lower() not in ENDINGS:
        raise UserError(f"'{path.name}' must end with .png, .gif, .webp or .zip.")
    if path.suffix.lower() == ".webp" and not features.check("webp"):
        raise UserError(f"WebP cannot be written here. Let '{path.name}' end with .png or .gif.")


def write_movie(path: Path, images: Sequence[bytes], rate: float, loop: bool) -> Job[None]:
    """Write a movie, atomically; colours are exact, but those of a GIF, which has 256 an image.

    Args:
        path: The file to write; an existing one is replaced.
        images: PNG files, all of one size, at least one.
        rate: Images per second.
        loop: Whether a viewer begins again after the last image; nothing for a zip.

    Raises:
        UserError: As in ``check_movie_name``, and where the file cannot be written.
    """
    check_movie_name(path)
    cancelled = Event()

    def write() -> None:
        def save(temporary: Path) -> None:
            if path.suffix.lower() == ".zip":
                _zip(temporary, path.stem, images)
            else:
                _animate(temporary, path.suffix.lower(), _Decoded(images, cancelled), rate, loop)
            _check(cancelled)

        def verify(temporary: Path) -> None:
            if not _reads_back(temporary, path.suffix.lower(), images):
                message = f"'{path.name}' does not read back as written. Check the disk."
                raise UserError(message)

        write_atomically(path, save, verify)

    try:
        yield from aside(write, Progress(0.0, MESSAGE))
    finally:
        cancelled.set()


@dataclass(frozen=True)
class _Decoded:
    """The images, decoded each time that they are asked for: Pillow asks twice for a PNG."""

    images: Sequence[bytes]
    cancelled: Event

    def __iter__(self) -> Iterator[pillow.Image]:
        for content in self.images:
            _check(self.cancelled)
            yield pillow.open(io.BytesIO(content)).convert("RGB")


def _check(cancelled: Event) -> None:
    if cancelled.is_set():
        raise _Cancelled


def _animate(path: Path, ending: str, images: _Decoded, rate: float, loop: bool) -> None:
    options: dict[str, Any] = {"duration": round(1000 / rate), "save_all": True}
    if ending == ".webp":
        options |= {"lossless": True, "method": 2}
    if loop or ending != ".gif":  # a GIF that is not repeated has no word for it
        options["loop"] = 0 if loop else 1
    first, others = next(iter(images)), replace(images, images=images.images[1:])
    first.save(path, ending[1:].upper(), append_images=others, **options)


def _zip(path: Path, stem: str, images: Sequence[bytes]) -> None:
    digits = max(3, len(str(len(images))))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for number, content in enumerate(images, 1):
            archive.writestr(f"{stem}_{number:0{digits}}.png", content)


def _reads_back(path: Path, ending: str, images: Sequence[bytes]) -> bool:
    """Whether all images are there; equal neighbours may be one, shown for longer."""
    count = len(images)
    least = 1 + sum(before != after for before, after in pairwise(images))
    if ending == ".gif":  # with fewer colours, neighbours may become equal
        least = min(least, 2)
    try:
        if ending == ".zip":
            with zipfile.ZipFile(path) as archive:
                return archive.testzip() is None and len(archive.namelist()) == count
        with pillow.open(path) as image:
            frames = getattr(image, "n_frames", 1)
            image.seek(frames - 1)
            image.load()
            return bool(least <= frames <= count)
    except (OSError, EOFError, ValueError, SyntaxError, UnidentifiedImageError):
        return False
