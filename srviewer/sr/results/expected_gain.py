"""The expected gain of a result over cubic interpolation, with its 90 % interval."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from msgspec import Meta

from srviewer.codec import from_plain
from srviewer.errors import UserError

LONGEST_REASON = 1000  # characters
# Of a damaged or foreign file: no gain is larger.
Decibels = Annotated[float, Meta(ge=-100, le=100)]
NOT_CALIBRATED = "not calibrated for this scan"


@dataclass(frozen=True)
class ExpectedGain:
    """The gain over cubic that a result is expected to have.

    It is a difference of PSNR over the foreground of a thin reference that nobody has yet.

    Attributes:
        db: In dB; None where it is not calibrated.
        low: The lower end of the 90 % interval, in dB; None where it is not calibrated.
        high: The upper end, in dB; None where it is not calibrated.
        calibrated: Whether scan, request and model lie in the range that was measured.
        reason: A clause on why they do not, for the user; None where it is calibrated.

    Raises:
        ValueError: Numbers are missing, or do not belong there, or their order is wrong.
    """

    db: Decibels | None
    low: Decibels | None
    high: Decibels | None
    calibrated: bool
    reason: Annotated[str, Meta(max_length=LONGEST_REASON)] | None = None

    def __post_init__(self) -> None:
        numbers = [value for value in (self.low, self.db, self.high) if value is not None]
        complete = len(numbers) == 3 and numbers == sorted(numbers) and self.reason is None
        if not (complete if self.calibrated else not numbers and self.reason):
            raise ValueError(f"no such expected gain: {self}")

    @property
    def text(self) -> str:
        """One line for the user."""
        if self.db is None:
            return f"{NOT_CALIBRATED}: {self.reason}"
        return f"{self.db:+.1f} dB over cubic, {self.interval}"

    @property
    def interval(self) -> str:
        """The interval for the user; "not calibrated for this scan" without one."""
        if self.low is None or self.high is None:
            return NOT_CALIBRATED
        return f"90 % between {self.low:+.1f} and {self.high:+.1f}"

    def beside(self, true: float) -> str:
        """The expected beside the true gain.

        Args:
            true: The gain over cubic against a reference, in dB.

        Returns:
            One line for the user.
        """
        if self.db is None:
            return f"True gain {true:+.1f} dB over cubic; {self.text}"
        return f"Expected {self.db:+.1f} dB over cubic ({self.interval}), true gain {true:+.1f} dB"

    def values(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def uncalibrated(reason: str) -> ExpectedGain:
    """An expected gain without numbers.

    Args:
        reason: A clause on why there are none, for the user.

    Returns:
        The expected gain.
    """
    return ExpectedGain(None, None, None, False, reason)


def read_expected_gain(value: object) -> ExpectedGain | None:
    """Read an expected gain from the JSON of a result.

    Args:
        value: Any JSON value, as ``ExpectedGain.values`` gives it or not.

    Returns:
        The expected gain; None for anything else.
    """
    try:
        return from_plain(value, ExpectedGain) if isinstance(value, Mapping) else None
    except (ValueError, UserError):
        return None
