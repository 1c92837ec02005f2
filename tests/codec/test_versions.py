"""Documents of every version become the present one; those of others are refused."""

from typing import Any

import pytest

from srviewer.codec import DocumentType

Plain = dict[str, Any]


def _named(fields: Plain) -> Plain:
    return {"name": fields["title"]}


def _listed(fields: Plain) -> Plain:
    return {"studies": [fields]}


SESSION = DocumentType("our session", 3, (_named, _listed))
PLAN = DocumentType("our plan", 2, (_named,), unmarked=1)
NEW = {"studies": [{"name": "a"}]}


@pytest.mark.parametrize(
    ("version", "fields"), [(1, {"title": "a"}), (2, {"name": "a"}), (3, NEW)], ids=str
)
def test_every_version_becomes_the_present_one(version: int, fields: Plain) -> None:
    document = {"format": "our session", "version": version, **fields}
    kept = dict(document)
    assert SESSION.upgraded(document) == NEW
    assert document == kept


def test_what_is_marked_is_read_again() -> None:
    assert SESSION.marked(NEW) == {"format": "our session", "version": 3, **NEW}
    assert SESSION.upgraded(SESSION.marked(NEW)) == NEW


def test_a_document_that_says_no_version_is_of_the_first_where_those_did_not() -> None:
    assert PLAN.upgraded({"title": "a"}) == {"name": "a"}
    assert PLAN.upgraded(PLAN.marked({"name": "a"})) == {"name": "a"}


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (None, "it is no JSON object"),
        ([], "it is no JSON object"),
        ({}, "'format' is missing"),
        ({"format": "our session"}, "'version' is missing"),
        ({"format": "another", "version": 3}, "it is of another format"),
        ({"format": ["our session"], "version": 3}, "it is of another format"),
        (
            {"format": "our session", "version": 4},
            "it has version 4, and this srviewer reads up to 3",
        ),
        (
            {"format": "our session", "version": 0},
            "it has version 0, and this srviewer reads up to 3",
        ),
        ({"format": "our session", "version": True}, "'version' must be a whole number"),
        ({"format": "our session", "version": "3"}, "'version' must be a whole number"),
        ({"format": "our session", "version": 3.0}, "'version' must be a whole number"),
    ],
    ids=str,
)
def test_documents_of_others_are_refused(document: object, reason: str) -> None:
    with pytest.raises(ValueError) as raised:
        SESSION.upgraded(document)
    assert str(raised.value) == reason


def test_a_plan_with_a_version_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="'format' is missing"):
        PLAN.upgraded({"version": 2, "name": "a"})
