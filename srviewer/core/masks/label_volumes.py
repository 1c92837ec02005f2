"""The volumes of labels before and after a correction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from srviewer.core.regions.labels import Label

MM3_PER_ML = 1000.0
# What the numbers are blind to, for people.
BLIND_TO = (
    "Voxels count whole: one that a border runs through is in or out. A mask of thick slices is "
    "only as exact as these, on a thin grid too."
)


@dataclass(frozen=True)
class LabelVolume:
    """The volume of one label, or of all together.

    Attributes:
        value: The label; 0 for all together.
        name: Untrusted text; "" where none was given.
        before: Voxels as loaded.
        after: Voxels now.
        voxel_mm3: The volume of a voxel, of a sheared grid too.
    """

    value: int
    name: str
    before: int
    after: int
    voxel_mm3: float

    @property
    def before_ml(self) -> float:
        """Millilitres as loaded."""
        return self.before * self.voxel_mm3 / MM3_PER_ML

    @property
    def after_ml(self) -> float:
        """Millilitres now."""
        return self.after * self.voxel_mm3 / MM3_PER_ML

    @property
    def difference_ml(self) -> float:
        """Millilitres now, less those as loaded."""
        return (self.after - self.before) * self.voxel_mm3 / MM3_PER_ML

    @property
    def difference_percent(self) -> float | None:
        """The difference in % of the volume as loaded; None where that is 0."""
        return None if not self.before else 100 * (self.after - self.before) / self.before


def label_volumes(
    labels: Sequence[Label], before: Mapping[int, int], after: Mapping[int, int], voxel_mm3: float
) -> tuple[LabelVolume, ...]:
    """List the volumes of the labels of a mask.

    Args:
        labels: With their names; labels of ``before`` and ``after`` that are not among them come
            last, without a name.
        before: Label -> voxels as loaded; those without any may lack.
        after: Label -> voxels now; likewise.
        voxel_mm3: The volume of a voxel.

    Returns:
        A row for each label, and after several one for all together.
    """
    names = {label.value: label.name for label in labels}
    values = [*names, *sorted((before.keys() | after.keys()) - names.keys())]
    rows = [
        LabelVolume(n, names.get(n, ""), before.get(n, 0), after.get(n, 0), voxel_mm3)
        for n in values
    ]
    if len(rows) > 1:
        sums = sum(row.before for row in rows), sum(row.after for row in rows)
        rows.append(LabelVolume(0, "", *sums, voxel_mm3))
    return tuple(rows)
