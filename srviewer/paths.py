"""Where srviewer's own files lie: the same answer from source, a wheel and a frozen build."""

import os
import sys
from pathlib import Path

from srviewer.errors import UserError


def resource(name: str) -> Path:
    """The path of a file or folder that srviewer ships, such as ``"models"``.

    Raises UserError when the installation lacks it.
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
    """The built-in thick scan; its truth is ``sample_truth``."""
    return resource("sample") / "t2_brain_100_thick.nii.gz"


def sample_truth() -> Path:
    """The thin volume that the built-in thick scan was made from."""
    return resource("sample") / "t2_brain_100_truth.nii.gz"


def user_data_dir() -> Path:
    """The folder for what the user makes and keeps (trained models), by each system's custom."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "srviewer"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/srviewer"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "srviewer"


def user_cache_dir() -> Path:
    """The folder for what may be deleted at any time, by each system's custom."""
    if sys.platform == "win32":
        return user_data_dir() / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library/Caches/srviewer"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "srviewer"


def user_log_dir() -> Path:
    """The folder of the program's log, by each system's custom; it need not exist yet."""
    if sys.platform == "win32":
        return user_data_dir() / "log"
    if sys.platform == "darwin":
        return Path.home() / "Library/Logs/srviewer"
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local/state")) / "srviewer"


def models_dir() -> Path:
    """The folder of the user's own trained models; it need not exist yet."""
    return user_data_dir() / "models"
