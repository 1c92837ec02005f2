"""Files and folders that are written whole or not at all."""

import glob
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from srviewer.errors import UserError
from srviewer.private import keeps_private, make_private_file

PREFIX = ".srviewer-"  # of temporary names
LONGEST_NAME = 255  # bytes, on all systems that matter
LONGEST_ENDING = 16


def write_atomically(
    path: Path, save: Callable[[Path], None], verify: Callable[[Path], None]
) -> None:
    """Write ``path`` by ``save`` under a temporary name, ``verify`` it there, then rename it.

    Whatever fails, ``path`` is left as it was. ``verify`` opens the file anew and raises when it
    is not what was meant. Raises UserError when the folder is missing or cannot be written to.
    """
    with staged(path) as temporary:
        save(temporary)
        flush_to_disk(temporary)
        verify(temporary)


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 ``text`` to ``path``, whole or not at all; errors as in ``write_atomically``."""
    content = encoded(text)

    def save(place: Path) -> None:
        place.write_bytes(content)

    def verify(place: Path) -> None:
        if place.read_bytes() != content:
            raise UserError(f"'{path.name}' does not read back as written. Check the disk.")

    write_atomically(path, save, verify)


def write_new(path: Path, text: str) -> bool:
    """Write UTF-8 ``text`` to ``path`` unless something is there, whole; whether it was written."""
    temporary = _temporary_name(path)
    try:
        temporary.write_bytes(encoded(text))
        flush_to_disk(temporary)
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError as error:
        if os.path.lexists(path):
            return False
        try:  # a file system without links
            temporary.rename(path)
        except OSError:
            raise _unwritable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)
    return True


def encoded(text: str) -> bytes:
    """UTF-8; a byte of a file's name that is none as an escape, which JSON reads back."""
    return text.replace("\n", os.linesep).encode("utf-8", "backslashreplace")


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """A temporary name beside ``path`` that is renamed to it when the block ends well.

    When the block is left otherwise the temporary file is removed and ``path`` stays as it was.
    In a folder that this program keeps private the file is private too, from its first moment.
    Raises UserError when the folder is missing or cannot be written to, or the disk is full.
    """
    with staged_together(path) as (temporary,):
        yield temporary


@contextmanager
def staged_together(*paths: Path, new: bool = False) -> Iterator[tuple[Path, ...]]:
    """As ``staged``, of files of one folder that belong together: all take their names, or none.

    ``new``: nothing has these names yet; what comes there meanwhile is a UserError and stays.
    """
    for path in paths:
        check_target(path)
    temporary = tuple(_temporary_name(path) for path in paths)
    try:
        for draft, path in zip(temporary, paths, strict=True):
            if keeps_private(path.parent):
                make_private_file(draft)
        yield temporary
        replace_together(tuple(zip(temporary, paths, strict=True)), new)
        _flush_folder(paths[0].parent)
    except OSError as error:
        raise _unwritable(paths[0], error) from error
    finally:
        for left in temporary:
            left.unlink(missing_ok=True)


def replace_together(moves: Sequence[tuple[Path, Path]], new: bool = False) -> None:
    """Rename the first path of each pair to the second: all of them, or none.

    What lay at the second paths is there again when one of them cannot be replaced. ``new``:
    nothing may lie there. Raises UserError, which names the file that cannot be written.
    """
    if len(moves) == 1 and not new:
        _rename(*moves[0])
        return
    kept: list[tuple[Path, Path | None]] = []  # a target, and the second name of what lay there
    try:
        for draft, target in moves:
            if not new:
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
    try:
        # Fails on another thread's open file, or into a folder that went away.
        draft.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from error


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
    other = _temporary_name(target)
    try:
        os.link(target, other, follow_symlinks=False)
    except OSError:  # a file system without links
        shutil.copy2(target, other)
    return other


def _temporary_name(path: Path) -> Path:
    return path.with_name(f"{PREFIX}{secrets.token_hex(4)}-{_tail(path.name)}")


def _tail(name: str) -> str:
    """``name``, or one made from it where that and what comes before it are too long for a file."""
    if len(os.fsencode(name)) <= LONGEST_NAME - len(PREFIX) - len("00000000-"):
        return name
    endings = "".join(Path(name).suffixes[-2:])
    ending = endings if len(os.fsencode(endings)) <= LONGEST_ENDING else ""
    return hashlib.sha256(os.fsencode(name)).hexdigest()[:16] + ending


def leftovers(path: Path) -> list[Path]:
    """What killed processes left of ``path`` under temporary names, and what is being written."""
    return sorted(path.parent.glob(f"{PREFIX}*-{glob.escape(_tail(path.name))}"))


def remove_leftovers(path: Path) -> None:
    """Delete what killed processes left of ``path``; nobody may be writing it now."""
    for left in leftovers(path):
        left.unlink(missing_ok=True)


@contextmanager
def staged_folder(path: Path) -> Iterator[Path]:
    """A new folder under a temporary name, renamed to ``path`` when the block ends well.

    When the block is left otherwise it is removed with all that is in it. Raises UserError as
    ``staged`` does, and when ``path`` is there already and holds anything.
    """
    check_new_folder(path)
    temporary = _temporary_name(path)
    try:
        temporary.mkdir()
        yield temporary
        _flush_folder(temporary)
        if path.exists():
            path.rmdir()  # an empty one, which Windows does not replace
        temporary.rename(path)
        _flush_folder(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_new_folder(path: Path) -> None:
    """Raise UserError unless a new folder can be made at ``path``."""
    check_name(path)
    if not path.parent.is_dir():
        raise UserError(f"The folder '{path.parent}' does not exist. Create it or choose another.")
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise UserError(
            f"'{path}' is there already and is not overwritten. Give the name of a new folder."
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UserError(f"The folder '{path.parent}' cannot be written to. Choose another.")


def check_target(path: Path) -> None:
    """Raise UserError unless a file can be made at ``path``."""
    check_name(path)
    if not path.parent.is_dir():
        raise UserError(f"The folder '{path.parent}' does not exist. Create it or choose another.")
    if path.is_dir():
        raise UserError(f"'{path}' is a folder. Give the name of a file.")
    if path.exists() and not path.is_file():  # a device, such as /dev/null, would be gone for all
        raise UserError(f"'{path}' is no ordinary file and is not replaced. Choose another name.")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise UserError(f"The folder '{path.parent}' cannot be written to. Choose another.")


def check_name(path: Path) -> None:
    """Raise UserError where the system cannot have a file of this name."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"'{path}' cannot be written: {reason}. Choose another name.") from error


def flush_to_disk(path: Path) -> None:
    """Make the system put a file's content on the disk, which is where a full one shows."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _unwritable(path: Path, error: OSError) -> UserError:
    return UserError(
        f"'{path}' cannot be written: {error.strerror or error}. Free some space or choose "
        "another folder."
    )


def _flush_folder(folder: Path) -> None:
    # Windows opens no folders; there a rename is flushed with the file.
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
