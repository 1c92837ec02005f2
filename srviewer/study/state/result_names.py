"""Names of results until the user renames them: what made them, and with which settings."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from srviewer.sr.cross_plane.methods import method
from srviewer.sr.requests.request import Request
from srviewer.sr.stacks.joined import Joined
from srviewer.sr.stacks.request import JoinRequest
from srviewer.sr.stacks.result import Result

PROFILE_WORDS = {
    "gaussian": "Gaussian profile",
    "slr": "SLR profile",
    "estimate": "estimated profile",
}
# The words for each setting that is not as usual, of a reconstruction and of a join. Those that are
# in the name anyway, and the device, are not among them.
Words = Mapping[str, Callable[[Any], str]]
SETTINGS: Words = {
    "also": lambda steps: ", ".join(f"{'ijk'[axis]} \u00d7{factor}" for axis, factor in steps),
    "fusion": lambda fusion: f"fusion {fusion}",
    "isotropic": lambda _: "isotropic",
    "gaps": lambda _: "longest run",
    "profile": lambda profile: PROFILE_WORDS.get(profile, f"{profile} profile"),
    "time_bandwidth": lambda product: f"time-bandwidth product {product:g}",
    "thickness_mm": lambda mm: f"{mm:g} mm thick",
    "adaptation": lambda _: "adapted",
    "flips": lambda _: "test-time augmentation",
    "minimum": lambda _: "minimum of the scan",
    "repair": lambda repairs: f"repaired {' and '.join(repairs)}",
    "agreement": lambda _: "agrees within noise",
    "precision": lambda precision: str(precision),
}
OF_NETWORKS = frozenset({"fusion", "adaptation", "flips", "precision"})
SETTINGS_OF_JOIN: Words = {
    "grid": lambda grid: f"{grid} grid",
    "spacing_mm": lambda mm: f"{mm:g} mm voxels",
    "register": lambda _: "not moved",
    "motion": lambda _: "single slices moved",
    "precision": SETTINGS["precision"],
}


def result_name(result: Result) -> str:
    """Name a result.

    Args:
        result: The result.

    Returns:
        Such as "fast \u00d74", "fast \u00d74, texture 55 %, Gaussian profile" or "3 stacks joined
        (fast)": what made it, and every setting that is not as usual.
    """
    if isinstance(result, Joined):
        return ", ".join((_joined_name(result), *_settings(result.request, SETTINGS_OF_JOIN)))
    request = result.request
    by = result.model.name if result.model else method(request.method).name
    texture = (f"texture {100 * request.texture:.0f} %",) if result.texture_change else ()
    used = {name: word for name, word in SETTINGS.items() if _uses(request, name)}
    return ", ".join((f"{by} \u00d7{request.factor}", *texture, *_settings(request, used)))


def _uses(request: Request, setting: str) -> bool:
    """Whether a setting changes the result of a reconstruction."""
    if setting in OF_NETWORKS:
        return method(request.method).needs_model
    if setting == "time_bandwidth":
        return request.profile == "slr"
    return setting != "agreement" or method(request.method).consistent


def _joined_name(result: Joined) -> str:
    by = result.model.name if result.model else method(result.request.method).name
    if result.is_single:
        return f"{by} of one stack (joining gained nothing)"
    return f"{len(result.stacks)} stacks joined ({by})"


def _settings(request: Request | JoinRequest, words: Words) -> tuple[str, ...]:
    """The settings of a request that are not as usual, in the order of ``words``."""
    usual = {row.name: row.default for row in fields(request)}
    return tuple(
        word(value)
        for name, word in words.items()
        if (value := getattr(request, name)) != usual[name]
    )
