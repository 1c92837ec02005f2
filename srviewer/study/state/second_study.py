"""The second study: another open study that is shown beside this one, and how both are linked."""

from dataclasses import dataclass, replace
from typing import Literal
from weakref import ReferenceType, ref

import numpy as np

from srviewer.core.geometry.grid import Geometry, Matrix
from srviewer.core.slices.rotated_planes import (
    NOT_ROTATED,
    Degrees,
    degrees_of,
    matrix_of,
    patient_rotation,
    plain_directions,
)
from srviewer.core.stacks.rigid import identity, inverse, numbers_of
from srviewer.core.volumes.volume import Volume
from srviewer.study.state.view import Point, point

Row = tuple[float, float, float, float]
Rows = tuple[Row, Row, Row]
# "header": the positions of both as they are; "registration": found by Align; "hand": set by the
# user.
Source = Literal["header", "registration", "hand"]
ROUNDED = 1e-4  # of a unit vector: angles are rounded to a thousandth of a degree, each way


@dataclass(frozen=True)
class StudyLink:
    """The link between the positions of two studies.

    Attributes:
        linked: Whether crosshair, zoom and middle of the panes of both follow each other.
        source: How the motion was found.
        rows: The first three rows of the motion, a rigid one: from RAS+ mm of the study that is
            shown to those of the second study.
        coarse: Whether registration compared them coarsely alone, as those of two contrasts.
        kept: Whether registration found no better place than that of the headers.
    """

    linked: bool = False
    source: Source = "header"
    rows: Rows = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0))
    coarse: bool = False
    kept: bool = False

    def __post_init__(self) -> None:
        turned = np.array(self.rows)[:, :3]
        if not np.allclose(turned @ turned.T, np.eye(3), atol=1e-3) or np.linalg.det(turned) < 0:
            raise ValueError("the link of two studies is no rigid motion")

    @property
    def motion(self) -> Matrix:
        """(4, 4), from RAS+ mm of the study that is shown to those of the second study."""
        motion = identity()
        motion[:3] = self.rows
        return motion

    @property
    def degrees(self) -> float:
        """The angle by which the second study is turned."""
        return float(np.degrees(np.linalg.norm(numbers_of(self.motion, (0, 0, 0))[:3])))

    def with_motion(self, motion: Matrix, source: Source) -> "StudyLink":
        """Link by another motion.

        Args:
            motion: (4, 4), as ``motion``.
            source: How it was found.

        Returns:
            The link, which is on.
        """
        x, y, z = (tuple(float(value) for value in row) for row in motion[:3])
        return StudyLink(True, source, (x, y, z))  # type: ignore[arg-type]

    @property
    def inverted(self) -> "StudyLink":
        """The link of the second study with this one."""
        return replace(self, rows=self.with_motion(inverse(self.motion), self.source).rows)

    def offset_mm(self, grid: Geometry) -> Point:
        """The shift of the middle of a scan.

        Args:
            grid: Of the scan that is shown.

        Returns:
            Along R, A and S, mm.
        """
        return point(numbers_of(self.motion, grid.centre)[3:])

    def with_offset(self, grid: Geometry, offset_mm: Point) -> "StudyLink":
        """Link by a shift that the user sets; a rotation that was found stays.

        Args:
            grid: Of the scan that is shown.
            offset_mm: As ``offset_mm`` gives it.

        Returns:
            The link, which is on.
        """
        motion = self.motion
        motion[:3, 3] += np.subtract(offset_mm, self.offset_mm(grid))
        return self.with_motion(motion, "hand")

    def joining(self, position_mm: Point, second_mm: Point) -> "StudyLink":
        """Link so that two positions belong together; a rotation that was found stays.

        Args:
            position_mm: RAS+ mm in the study that is shown.
            second_mm: RAS+ mm in the second study.

        Returns:
            The link, which is on.
        """
        motion = self.motion
        motion[:3, 3] += np.subtract(second_mm, self.to_second(position_mm))
        return self.with_motion(motion, "hand")

    def to_second(self, position_mm: Point) -> Point:
        """The position in the second study.

        Args:
            position_mm: RAS+ mm in the study that is shown.

        Returns:
            RAS+ mm in the second study.
        """
        return point((self.motion @ (*position_mm, 1.0))[:3])

    def from_second(self, position_mm: Point) -> Point:
        """The position in the study that is shown.

        Args:
            position_mm: RAS+ mm in the second study.

        Returns:
            RAS+ mm in the study that is shown.
        """
        return point((inverse(self.motion) @ (*position_mm, 1.0))[:3])

    def rotation_in_second(self, degrees: Degrees, scan: Geometry, second: Geometry) -> Degrees:
        """The rotation that cuts the second study along the oblique planes of the study shown.

        Args:
            degrees: The rotation of the planes of the study that is shown.
            scan: The grid of that study.
            second: The grid of the second study.

        Returns:
            The rotation of the planes of the second study; none where the others have none.
        """
        return _carried(degrees, scan, second, self.motion[:3, :3])

    def rotation_from_second(self, degrees: Degrees, scan: Geometry, second: Geometry) -> Degrees:
        """The inverse of ``rotation_in_second``.

        Args:
            degrees: The rotation of the planes of the second study.
            scan: The grid of the study that is shown.
            second: The grid of the second study.

        Returns:
            The rotation of the planes of the study that is shown.
        """
        return _carried(degrees, second, scan, self.motion[:3, :3].T)


def _carried(degrees: Degrees, here: Geometry, there: Geometry, turned: Matrix) -> Degrees:
    if degrees == NOT_ROTATED:
        return NOT_ROTATED
    directions = turned @ matrix_of(degrees) @ plain_directions(here)
    carried = matrix_of(degrees_of(directions @ plain_directions(there).T))
    along_patient = patient_rotation(there)
    if np.abs(carried - matrix_of(along_patient)).max() < ROUNDED:
        return along_patient
    return degrees_of(carried)


@dataclass(frozen=True)
class SecondStudy:
    """The choice of a second study.

    Attributes:
        scan_ref: To the scan of another open study, by identity: closing that study ends it.
        link: The link to its positions.
    """

    scan_ref: ReferenceType[Volume]
    link: StudyLink = StudyLink()

    @property
    def scan(self) -> Volume | None:
        """The scan of the second study; None once it is gone."""
        return self.scan_ref()

    def linked_by(self, link: StudyLink) -> "SecondStudy":
        """The same study with another link.

        Args:
            link: The link.

        Returns:
            The choice with it.
        """
        return replace(self, link=link)


def second_of(scan: Volume, link: StudyLink) -> SecondStudy:
    """Choose a second study.

    Args:
        scan: Its scan.
        link: The link to its positions.

    Returns:
        The choice.
    """
    return SecondStudy(ref(scan), link)
