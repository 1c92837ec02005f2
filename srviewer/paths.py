"""Folders and files of srviewer itself: the same from source, a wheel and a frozen build."""

import os
import sys
from pathlib import Path

from srviewer.errors import UserError
from srviewer.private import close_content, make_private_folder


def resource(name: str) -> Path:
    """The path of a file or folder that srviewer ships.

    Args:
        name: Below the folder of resources, such as ``"models"``.

    Returns:
        A path that exists.

    Raises:
        UserError: The installation lacks it.
    """
    package = Path(__file__).resolve().parent
    # A wheel and a frozen build carry resources inside the package, a checkout beside it.
    for root in (package / "resources", package.parent / "resources"):
        if (root / name).exists():
            return root / name
    raise UserError(
        f"srviewer's own file '{name}' is missing from this installation. Install srviewer again."
    )


def sample_scan() -> Path:
    """The built-in thick scan; its ground truth is ``sample_truth``."""
    return resource("sample") / "t2_brain_100_thick.nii.gz"


def sample_truth() -> Path:
    """The thin volume that the built-in thick scan was simulated from."""
    return resource("sample") / "t2_brain_100_truth.nii.gz"


def sample_stacks() -> tuple[Path, ...]:
    """The built-in stacks of one person in one contrast, in three planes."""
    return tuple(sorted(resource("sample/stacks").glob("*.nii.gz")))


def user_data_dir() -> Path:
    """The folder for what the user makes and keeps (trained models), by each system's custom."""
    if sys.platform == "win32":
        return _base("LOCALAPPDATA", "AppData/Local") / "srviewer"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/srviewer"
    return _base("XDG_DATA_HOME", ".local/share") / "srviewer"


def user_cache_dir() -> Path:
    """The folder for what may be deleted at any time, by each system's custom."""
    if sys.platform == "win32":
        return user_data_dir() / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/srviewer"
    return _base("XDG_CACHE_HOME", ".cache") / "srviewer"


def user_log_dir() -> Path:
    """The folder of the program's log, by each system's custom; it need not exist yet."""
    if sys.platform == "win32":
        return user_data_dir() / "log"
    if sys.platform == "darwin":
        return Path.home() / "Library/Logs/srviewer"
    return _base("XDG_STATE_HOME", ".local/state") / "srviewer"


def models_dir() -> Path:
    """The folder of the user's own trained models; it need not exist yet."""
    return user_data_dir() / "models"


def private_folder(path: Path) -> None:
    """Make a folder that only this user may enter (0700), or close the one that exists.

    So are the folders above it, up to ``user_cache_dir`` or ``user_log_dir``; ``user_data_dir``
    itself stays open, for other people may read the models in it.

    Args:
        path: The folder, below one of these three.

    Raises:
        OSError: It cannot be made, belongs to another user or cannot be closed: the caller goes on
            without it.
    """
    for folder in (*reversed(path.parents), path):
        closed = any(folder.is_relative_to(root) for root in (user_cache_dir(), user_log_dir()))
        if closed or folder == path:
            make_private_folder(folder)


def private_tree(path: Path) -> None:
    """Make a folder private as ``private_folder`` does, with all in it that is this user's.

    Args:
        path: The folder, below one of those that ``private_folder`` names.

    Raises:
        OSError: As in ``private_folder``, of the folder itself.
    """
    private_folder(path)
    close_content(path)


def _base(variable: str, below_home: str) -> Path:
    """The absolute folder that a variable names, else ``below_home`` of the user's home."""
    named = Path(os.environ.get(variable, ""))
    return named if named.is_absolute() else Path.home() / below_home
