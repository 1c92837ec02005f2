"""The intensity of odd slices against even ones, which cross-talk of interleaves changes."""

import numpy as np
import numpy.typing as npt

from srviewer.core.slice_faults.stack import SliceStack, sum_within

LEAST_PIXELS = 64  # of the small slices, that three neighbours have in common
LEAST_RATIOS = 6
# The share of slices that lie on the side of the ratio: one bad slice moves its neighbours alone.
AGREEING = 0.6
# A ratio is known where its logarithm is so many times as large as its standard error.
STANDARD_ERRORS = 3.0


def odd_to_even(stack: SliceStack, left_out: frozenset[int] = frozenset()) -> float:
    """The intensity of the odd slices (1, 3, ...) over that of the even ones.

    Each slice is compared with the mean of its two neighbours, both odd and even slices, so that a
    curved trend along the stack cancels.

    Args:
        stack: The slices of the scan.
        left_out: Numbers of slices that are not used.

    Returns:
        The ratio of intensities above the floor; 1 where too few slices are known, or the ratio is
        within its standard error.
    """
    logs = _logs(stack, left_out)
    known = np.isfinite(logs)
    odd = np.arange(len(logs)) % 2 == 1
    if known.sum() < LEAST_RATIOS or not (known & odd).any() or not (known & ~odd).any():
        return 1.0
    log_ratio = (np.median(logs[known & odd]) - np.median(logs[known & ~odd])) / 2
    signed = np.where(odd, logs, -logs)[known]
    agreeing = np.mean(signed * np.sign(log_ratio) > abs(log_ratio) / 2)
    # Of a median, from the median absolute deviation, as in a normal distribution.
    error = 1.25 * 1.48 * np.median(np.abs(signed - np.median(signed))) / np.sqrt(len(signed))
    known_well = agreeing >= AGREEING and abs(log_ratio) > STANDARD_ERRORS * error
    return float(np.exp(log_ratio)) if known_well else 1.0


def _logs(stack: SliceStack, left_out: frozenset[int]) -> npt.NDArray[np.float64]:
    """(n,): the logarithm of each slice's intensity over its neighbours', NaN if not known."""
    logs = np.full(len(stack.small), np.nan)
    for number in range(1, len(logs) - 1):
        near = {number - 1, number, number + 1}
        if near & left_out or not stack.measured[list(near)].all():
            continue
        common = stack.tissue[number - 1] & stack.tissue[number + 1] & stack.tissue[number]
        if np.count_nonzero(common) >= LEAST_PIXELS:
            before, here, after = (sum_within(stack.small[n], common) for n in sorted(near))
            logs[number] = np.log(2 * here / (before + after))
    return logs
