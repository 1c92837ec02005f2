import pytest

from srviewer.core.slice_numbers import slice_numbers


@pytest.mark.parametrize(
    ("indices", "text"),
    [((), ""), ((2, 5), "3, 6"), ((0, 1), "1, 2"), ((1, 2, 3, 4, 6, 7, 9), "2-5, 7, 8, 10")],
)
def test_runs_of_slices_are_ranges_from_1(indices: tuple[int, ...], text: str) -> None:
    assert slice_numbers(indices) == text
    assert slice_numbers(range(59)) == "1-59"
