"""Details by which people distinguish series of the same name."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class SeriesDetails:
    """Values of a header that are shown where series are chosen, and go no further.

    Attributes:
        person: A digest that is equal only for series of one person; "" where the format names
            none.
        patient: The patient's name and number; untrusted text, "" where the file has none. No
            representation of a listing, as for a log, holds it.
        study_date: "2021-03-08", or "" where unknown.
        number: The series number as text, or "".
        time: The start of the series, "10:32:15", or "" where unknown.
        contrast: Echo time, inversion time and parts such as "phase", or "".
        folder: The folder of its first file; an archive counts as one. None where unknown.
    """

    person: str = ""
    patient: str = field(default="", repr=False)
    study_date: str = ""
    number: str = ""
    time: str = ""
    contrast: str = ""
    folder: Path | None = None


NO_DETAILS = SeriesDetails()
