"""Atomic writes: files and folders that are written whole or not at all."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from srviewer.errors import UserError
from srviewer.private import keeps_private, make_private_file
from srviewer.temporary_names import (
    is_in_use,
    remove,
    remove_abandoned,
    temporaries_of,
    temporary_name,
)
from srviewer.unwritable import (
    advice,
    check_new_folder,
    check_target,
    named_file,
    not_done,
    reason,
    unwritable,
    writing,
)


def write_atomically(
    path: Path, save: Callable[[Path], None], verify: Callable[[Path], None]
) -> None:
    """Write a file under a temporary name, verify it there, then rename it.

    Whatever fails, ``path`` is left as it was.

    Args:
        path: The file to write; a file there is replaced.
        save: Writes the file at the temporary path that it is given.
        verify: Opens the temporary file anew and raises when its content is not as intended.

    Raises:
        UserError: The folder is missing or cannot be written to, or the disk is full.
    """
    with staged(path) as temporary:
        save(temporary)
        flush_to_disk(temporary)
        verify(temporary)


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all.

    Args:
        path: The file to write; a file there is replaced.
        text: Is written as ``encoded`` gives it.

    Raises:
        UserError: As in ``write_bytes``.
    """
    write_bytes(path, encoded(text))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Args:
        path: The file to write; a file there is replaced.
        content: All of it.

    Raises:
        UserError: As in ``write_atomically``, and where the file does not read back as written.
    """

    def save(temporary_path: Path) -> None:
        temporary_path.write_bytes(content)

    def verify(temporary_path: Path) -> None:
        if temporary_path.read_bytes() != content:
            raise UserError(f"'{path.name}' does not read back as written. Check the disk.")

    write_atomically(path, save, verify)


def write_new(path: Path, text: str) -> bool:
    """Write a text file whole, unless something has its name.

    Args:
        path: The file to write.
        text: Is written as ``encoded`` gives it.

    Returns:
        Whether it was written; False where something has the name.

    Raises:
        UserError: The file cannot be written.
    """
    temporary = temporary_name(path)
    with writing(path):
        try:
            temporary.write_bytes(encoded(text))
            flush_to_disk(temporary)
            return _take_name(temporary, path)
        finally:
            remove(temporary)


def _take_name(temporary: Path, path: Path) -> bool:
    """Give ``temporary`` the name ``path`` unless something has it; return whether it got it."""
    try:
        os.link(temporary, path)
    except OSError:
        if os.path.lexists(path):
            return False
        temporary.rename(path)  # a file system without links
    return True


def encoded(text: str) -> bytes:
    """Encode a text in UTF-8, with the line ends of the system.

    Args:
        text: Any text; bytes of file names that are no UTF-8 may stand in it as half surrogates.

    Returns:
        The bytes; a half surrogate becomes an escape, which JSON reads back.
    """
    return text.replace("\n", os.linesep).encode("utf-8", "backslashreplace")


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """Give a temporary name beside ``path`` that is renamed to it when the block ends well.

    When the block is left otherwise the temporary file is removed and ``path`` stays as it was. In
    a folder that this program keeps private the file is private too, from its first moment.

    Args:
        path: The file to write.

    Yields:
        The temporary path to write to.

    Raises:
        UserError: The folder is missing or cannot be written to, or the disk is full.
    """
    with staged_together(path) as (temporary,):
        yield temporary


@contextmanager
def staged_together(*paths: Path, new: bool = False) -> Iterator[tuple[Path, ...]]:
    """Stage files of one folder that belong together: all take their names, or none.

    Args:
        paths: The files to write, at least one, all in one folder.
        new: Nothing has these names yet; what gets one of them meanwhile is an error and stays.

    Yields:
        A temporary path for each of ``paths``, in their order.

    Raises:
        UserError: As in ``staged``, and with ``new`` where a name is taken.
    """
    for path in paths:
        check_target(path)
    temporary = tuple(temporary_name(path) for path in paths)
    try:
        for draft, path in zip(temporary, paths, strict=True):
            if keeps_private(path.parent):
                make_private_file(draft)
        yield temporary
        replace_together(tuple(zip(temporary, paths, strict=True)), new)
        for path in paths:  # what a killed program left of them is of no use any more
            remove_abandoned(path)
        _flush_folder(paths[0].parent)
    except OSError as error:
        raise _of_its_target(error, dict(zip(temporary, paths, strict=True))) from error
    finally:
        for temporary_path in temporary:
            remove(temporary_path)


def replace_together(moves: Sequence[tuple[Path, Path]], new: bool = False) -> None:
    """Rename the first path of each pair to the second: all of them, or none.

    The files at the second paths are restored when one of them cannot be replaced.

    Args:
        moves: Pairs (file, its new name).
        new: Nothing may have the new names.

    Raises:
        UserError: A file cannot be written; it is named.
    """
    if len(moves) == 1 and not new:
        _rename(*moves[0])
        return
    kept: list[tuple[Path, Path | None]] = []  # a target, and the second name of what lay there
    try:
        for draft, target in moves:
            if not new:
                with writing(target):
                    kept.append((target, _second_name(target)))
                _rename(draft, target)
            else:
                _rename_to_new(draft, target)
                kept.append((target, None))
    except BaseException:
        for target, old in kept:
            with suppress(OSError):  # one that could not be replaced is as it was
                if old is not None:
                    old.replace(target)
                elif target.is_file():
                    target.unlink()
        raise
    finally:
        for _, old in kept:
            if old is not None:
                old.unlink(missing_ok=True)


def _rename(draft: Path, target: Path) -> None:
    with writing(target):
        # Fails on another thread's open file, or into a folder that went away.
        draft.replace(target)


def _rename_to_new(draft: Path, target: Path) -> None:
    """Rename ``draft`` unless something has the name ``target``, whoever comes first."""
    try:
        os.link(draft, target)
        draft.unlink()
    except OSError as error:
        if os.path.lexists(target):
            raise UserError(
                f"'{target}' was written by something else in the meantime and is not replaced. "
                "Choose another name."
            ) from error
        _rename(draft, target)  # a file system without links


def _second_name(target: Path) -> Path | None:
    """Another name for the file at ``target``, None where there is none."""
    if not target.is_file():
        return None
    other = temporary_name(target)
    try:
        os.link(target, other, follow_symlinks=False)
    except OSError:  # a file system without links
        shutil.copy2(target, other)
    return other


def leftovers(path: Path) -> list[Path]:
    """List the temporary files of ``path`` that no running process is writing.

    Args:
        path: The file or folder to which they were to be renamed.

    Returns:
        Paths beside ``path``, sorted.
    """
    return [temporary for temporary in temporaries_of(path) if not is_in_use(temporary)]


def remove_leftovers(path: Path) -> None:
    """Delete the temporary files that killed processes left of ``path``.

    Args:
        path: The file or folder; no other machine may be writing it.
    """
    for temporary in leftovers(path):
        remove(temporary)


@contextmanager
def staged_folder(path: Path) -> Iterator[Path]:
    """Give a folder under a temporary name that is renamed to ``path`` when the block ends well.

    When the block is left otherwise the folder is removed with all that is in it.

    Args:
        path: The folder to make; an empty one there is replaced.

    Yields:
        The temporary folder.

    Raises:
        UserError: As in ``staged``, and when ``path`` exists and is not an empty folder.
    """
    check_new_folder(path)
    temporary = temporary_name(path)
    try:
        temporary.mkdir()
        yield temporary
        _flush_folder(temporary)
        if path.exists():
            path.rmdir()  # an empty one, which Windows does not replace
        temporary.rename(path)
        remove_abandoned(path)
        _flush_folder(path.parent)
    except OSError as error:
        raise _of_its_target(error, {temporary: path}) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def flush_to_disk(path: Path) -> None:
    """Make the system put a file's content on the disk, which is where a full one shows.

    Args:
        path: A file that is complete and closed.

    Raises:
        OSError: The content cannot be stored; the error names the file.
    """
    with named_file(path), path.open("rb+") as file:
        os.fsync(file.fileno())


def _of_its_target(error: OSError, targets: Mapping[Path, Path]) -> UserError:
    """Convert an OSError to a UserError that names the final file instead of its temporary name.

    ``targets`` are by temporary names. A file in a temporary folder is named by its later path in
    the folder; an error that names no file is counted to the first target, and one of a file that
    is read says so.
    """
    first = next(iter(targets.values()))
    if not isinstance(error.filename, str | bytes | os.PathLike):
        return unwritable(first, error)
    failed = Path(os.fsdecode(error.filename))
    for temporary, target in targets.items():
        if failed.is_relative_to(temporary):
            return unwritable(target / failed.relative_to(temporary), error)
    if failed in targets.values():
        return unwritable(failed, error)
    message = f"'{first}' is not written, since '{failed}' failed: {reason(error)} {advice(error)}"
    return not_done(message, error)


def _flush_folder(folder: Path) -> None:
    # Windows opens no folders; there a rename is flushed with the file.
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
