"""The settings of a result, as rows of a report."""

from collections.abc import Mapping
from typing import Any

from srviewer.sr.cross_plane.methods import METHODS
from srviewer.sr.report.page import Table

# What the page says in other places: its head, its summary, the card of the model.
ELSEWHERE = frozenset(
    {
        "notice",
        "sources",
        "sources_sha256",
        "source_sha256",
        "request",
        "model_sha256",
        "consistency",
        "disagreement",
        "disagreement_worth",
        "texture_changed",
        "expected_gain",
        "warnings",
        "warning_codes",
    }
)
TITLES = {
    "isotropic": "isotropic voxels",
    "gaps": "missing or uneven slices",
    "profile": "slice profile",
    "time_bandwidth": "time-bandwidth product of the pulse",
    "profile_estimate": "slice profile as estimated",
    "thickness_mm": "slice thickness, mm",
    "also": "other axes refined",
    "minimum": "minimum set by",
    "agreement": "agreement with the scan",
    "noise_removed": "noise that was removed, share of the range",
    "flips": "test-time augmentation",
    "peak_memory_mb": "most memory used, MB",
    "precision": "precision of the network",
    "model_reason": "why the model was taken",
    "precision_reason": "not in 8-bit integers since",
}


def settings_table(provenance: Mapping[str, Any]) -> Table:
    """The settings in the provenance of a result, without those that are unset.

    Args:
        provenance: Of the result.

    Returns:
        The table, which begins with the source.
    """
    rows = tuple(
        (TITLES.get(name, name.replace("_", " ")), _setting(name, value))
        for name, value in provenance.items()
        if name not in ELSEWHERE and value is not None and value not in ({}, [])
    )
    return Table("Settings", ("", ""), (*source_rows(provenance), *rows))


def source_rows(provenance: Mapping[str, Any], of: str = "") -> tuple[tuple[str, str], ...]:
    """The names and the digest of an image's source.

    Args:
        provenance: Of the image.
        of: A noun for the image, for the titles of the rows; "" where there is only one image.

    Returns:
        (title, text) rows; () without a source.
    """
    names = provenance.get("sources") or ()
    if not names:
        return ()
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    which = f" of the {of}" if of else ""
    return (
        (f"source{which}", f"{names[0]}{more}"),
        (f"SHA-256{which}", str(provenance.get("source_sha256", ""))),
    )


def _setting(name: str, value: Any) -> str:
    if name == "method":
        return next((row.name for row in METHODS if row.id == value), str(value))
    return _words(value)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    if isinstance(value, Mapping):
        return ", ".join(
            f"{name.replace('_', ' ')} {_words(entry)}"
            for name, entry in value.items()
            if entry is not None and entry != ""
        )
    return str(value)
