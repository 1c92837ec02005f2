"""Numbers of slices for people: from 1, runs of them as ranges."""

from collections.abc import Iterable

SHORTEST_RUN = 3  # consecutive numbers that are written as a range


def slice_numbers(indices: Iterable[int]) -> str:
    """Format slices, so that many of them stay readable in the cell of a table.

    Args:
        indices: Slices from 0, rising.

    Returns:
        Such as "2-11, 14, 15", counted from 1; "" of none.
    """
    runs: list[list[int]] = []
    for number in (index + 1 for index in indices):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(map(_run, runs))


def _run(numbers: list[int]) -> str:
    if len(numbers) < SHORTEST_RUN:
        return ", ".join(map(str, numbers))
    return f"{numbers[0]}-{numbers[-1]}"
