"""Typed frozen dataclasses to plain JSON values and back, over msgspec.

``to_plain`` writes and ``from_plain`` reads a value by its type annotations alone, so that a new
field of a document is one line of its dataclass. Ranges and lengths are ``msgspec.Meta``, words are
``Literal``, an enum or ``OneOf``; ``Clamped`` and ``Checked`` say what these cannot. Numbers are
finite and of a sensible size, and texts of a sensible length, where nothing else is said.
"""

from srviewer.codec.marks import Checked, Clamped, FieldError, Hook, OneOf
from srviewer.codec.reading import from_plain, known_fields, read_field
from srviewer.codec.versions import DocumentType
from srviewer.codec.writing import to_plain

__all__ = [
    "Checked",
    "Clamped",
    "DocumentType",
    "FieldError",
    "Hook",
    "OneOf",
    "from_plain",
    "known_fields",
    "read_field",
    "to_plain",
]
