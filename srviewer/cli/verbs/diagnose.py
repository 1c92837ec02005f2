"""srviewer diagnose: versions and devices for a bug report, without any patient data."""

import argparse
import os
import platform
from importlib.metadata import PackageNotFoundError, version

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.cli.console.verb_output import VerbOutput
from srviewer.io.dicom.pixels.decoders import transfer_syntaxes
from srviewer.nn.devices.cores import core_limits, usable_cores
from srviewer.paths import models_dir, resource, user_cache_dir, user_log_dir

PACKAGES = (
    "PySide6-Essentials",
    "pyqtgraph",
    "qtawesome",
    "torch",
    "numpy",
    "scipy",
    "nibabel",
    "pydicom",
    "SimpleITK",
    "safetensors",
    "pillow",
    "jinja2",
    "matplotlib",
    "psutil",
    "msgspec",
    "dask",
    "distributed",
    "pathspec",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare nothing: the verb has no arguments of its own.

    Args:
        parser: The parser of the verb.
    """


def execute(args: argparse.Namespace) -> VerbOutput:
    """Collect versions, devices, decoders and folders.

    Args:
        args: The parsed arguments.

    Returns:
        The values by name.
    """
    from srviewer.nn.devices.processors import present_devices  # loads torch

    values = {
        "srviewer": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "usable_cores": usable_cores(),
        "core_limits": dict(core_limits()),
        "packages": {name: _version(name) for name in PACKAGES},
        "devices": list(present_devices()),
        "qt_platform": os.environ.get("QT_QPA_PLATFORM", "chosen by Qt"),
        "display": os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY"),
        "decoders": transfer_syntaxes(),
        "models_shipped": str(resource("models")),
        "models_own": str(models_dir()),
        "log_folder": str(user_log_dir()),
        "cache_folder": str(user_cache_dir()),
        "notice": RESEARCH_USE_ONLY,
    }
    return VerbOutput("\n".join(f"{key}: {_text(value)}" for key, value in values.items()), values)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _text(value: object) -> str:
    if isinstance(value, dict):
        return "".join(f"\n   {key}: {item}" for key, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
