"""Scans of one name."""

from srviewer.sr.inputs.numbered_names import unique_names


def test_names_become_unique_whatever_numbers_they_have_already() -> None:
    assert unique_names(["a", "b", "a", "a"]) == ("a", "b", "a (2)", "a (3)")
    assert unique_names(["a", "a (2)", "a"]) == ("a", "a (2)", "a (3)")
    assert unique_names(["a", "a", "a (2)"]) == ("a", "a (2)", "a (2) (2)")
