"""Colours and names of labels, whatever the table says."""

from srviewer.core.regions.label_colours import distinct_colours
from srviewer.core.regions.labels import Label, LabelName, named


def test_thousands_of_labels_of_which_half_have_colours() -> None:
    """As many as an overlay may have: their colours are compared with 36, not with each other."""
    known = {value: (value % 256, value // 256, 7) for value in range(1, 4096, 2)}
    colours = distinct_colours(range(1, 4097), known)
    assert len(colours) == 4096
    assert all(colours[value] == colour for value, colour in known.items())


def test_half_a_character_in_a_name_can_be_stored() -> None:
    label = Label(1, "", (1, 2, 3), 1, (0, 0, 0))
    (found,) = named([label], [LabelName(1, "a\ud800" + "b" * 500)])
    assert found.name.encode("utf-8").startswith(b"a?b")
    assert len(found.name) == 120
