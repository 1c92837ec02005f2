"""Types of documents with their versions, and the migrations from older versions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from srviewer.codec.plain import FieldError

Plain = dict[str, Any]


@dataclass(frozen=True)
class DocumentType:
    """A type of document that earlier and later versions of the program write too.

    Attributes:
        format: The value of its field "format".
        version: The value of its field "version" in documents of this program.
        migrations: From each older version that is still read to the next, the oldest first, the
            last one to ``version``. Each takes the fields without "format" and "version", as a
            document of its version has them, and gives those of the next version; it may change
            what it is given, and raises ValueError for what cannot be.
        unmarked: The version of documents that say neither; None where every document must.

    """

    format: str
    version: int
    migrations: tuple[Callable[[Plain], Plain], ...] = ()
    unmarked: int | None = None

    def marked(self, fields: Mapping[str, Any]) -> Plain:
        """Add the format and the present version.

        Args:
            fields: Of the document, as JSON values.

        Returns:
            A new document, in which both stand first.
        """
        return {"format": self.format, "version": self.version, **fields}

    def upgraded(self, document: object) -> Plain:
        """The fields of a document of any version as the present version has them.

        Args:
            document: Any JSON value; it stays as it is, but for what is inside its fields.

        Returns:
            The fields without "format" and "version".

        Raises:
            FieldError: For what is no object, or says no version.
            ValueError: For another format, and for a version that is newer, or too old.
        """
        if not isinstance(document, dict):
            raise FieldError("", "is no JSON object")
        fields = dict(document)
        version = self._version(fields)
        first = self.version - len(self.migrations)
        if not first <= version <= self.version:
            raise ValueError(
                f"it has version {version}, and this srviewer reads up to {self.version}"
            )
        for migrate in self.migrations[version - first :]:
            fields = migrate(fields)
        return fields

    def _version(self, fields: Plain) -> int:
        """The version, which is taken out of ``fields`` together with the format."""
        marks = {name: fields.pop(name) for name in ("format", "version") if name in fields}
        if not marks and self.unmarked is not None:
            return self.unmarked
        for name in ("format", "version"):
            if name not in marks:
                raise FieldError(name, "is missing")
        if marks["format"] != self.format:
            raise ValueError("it is of another format")
        version = marks["version"]
        if type(version) is not int:
            raise FieldError("version", "must be a whole number")
        return version
