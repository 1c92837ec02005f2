"""The segments of a segmentation that is opened, of which some may be chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from srviewer.core.regions.labels import LabelName
from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.job import Job

MOST_NAMED = 12  # segments in a message


@dataclass(frozen=True, eq=False)
class Segments:
    """The segments of a segmentation, which may overlap.

    Attributes:
        names: Value, name and colour of each.
        read: Reads the segments with some values: the fewest label maps in which no two overlap.
    """

    names: tuple[LabelName, ...]
    read: Callable[[Sequence[int]], Job[tuple[Volume, ...]]]

    @property
    def values(self) -> tuple[int, ...]:
        """The values of all segments."""
        return tuple(name.value for name in self.names)

    def chosen(self, wanted: Sequence[str], file: str) -> tuple[int, ...]:
        """The values of the segments that are meant.

        Args:
            wanted: Values or names; empty for all segments.
            file: The name of the file, for messages.

        Returns:
            At least one value.

        Raises:
            UserError: There is no such segment.
        """
        if not wanted:
            return self.values
        known = {str(name.value): name.value for name in self.names}
        known = {**{name.name.lower(): name.value for name in self.names}, **known}
        missing = [word for word in wanted if word.strip().lower() not in known]
        if missing:
            raise UserError(f"'{file}' has no segment '{missing[0]}'. It has {self.listed()}.")
        return tuple(dict.fromkeys(known[word.strip().lower()] for word in wanted))

    def listed(self) -> str:
        """List the segments for people.

        Returns:
            A text such as "1 (Liver), 2 (Tumour)".
        """
        listed = [f"{name.value} ({name.name})" for name in self.names[:MOST_NAMED]]
        more = len(self.names) - len(listed)
        return ", ".join(listed) + (f" and {more} more" if more else "")

    def as_one(self, volumes: Sequence[Volume], file: str) -> Volume:
        """The label map of segments none of which overlap.

        Args:
            volumes: The label maps that ``read`` returned.
            file: The name of the file, for messages.

        Returns:
            The only one.

        Raises:
            UserError: There are several, so that segments overlap.
        """
        if len(volumes) == 1:
            return volumes[0]
        raise UserError(
            f"Segments of '{file}' overlap, and one label map cannot hold both. Choose some that "
            f"do not (on the command line with --segments): it has {self.listed()}."
        )
