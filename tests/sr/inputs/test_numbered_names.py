"""Scans of one name."""

from srviewer.sr.inputs.numbered_names import told_apart


def test_names_are_told_apart_whatever_numbers_they_have_already() -> None:
    assert told_apart(["a", "b", "a", "a"]) == ("a", "b", "a (2)", "a (3)")
    assert told_apart(["a", "a (2)", "a"]) == ("a", "a (2)", "a (3)")
    assert told_apart(["a", "a", "a (2)"]) == ("a", "a (2)", "a (2) (2)")
