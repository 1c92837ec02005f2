"""The estimate of a slice profile from the JSON of a result."""

from collections.abc import Mapping

from srviewer.codec import from_plain
from srviewer.core.acquisition.profile_estimate import ProfileEstimate
from srviewer.errors import UserError


def read_profile_estimate(value: object) -> ProfileEstimate | None:
    """Read the estimate of a slice profile.

    Args:
        value: Any JSON value, as ``ProfileEstimate.values`` gives it or not.

    Returns:
        The estimate; None for anything else.
    """
    try:
        return from_plain(value, ProfileEstimate) if isinstance(value, Mapping) else None
    except (ValueError, UserError):
        return None
