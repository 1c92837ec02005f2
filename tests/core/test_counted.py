"""Numbers of things in words."""

from srviewer.core.counted import counted, inflected


def test_one_thing_several_and_none() -> None:
    assert [counted(n, "slice") for n in (0, 1, 2, 1200)] == [
        "0 slices",
        "1 slice",
        "2 slices",
        "1,200 slices",
    ]
    assert counted(1, "series", "series") == "1 series" and inflected(2, "is", "are") == "are"
