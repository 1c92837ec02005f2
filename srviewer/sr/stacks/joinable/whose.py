"""The person and the examination of a scan, as far as its header and its name say."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from srviewer.io.headers.header_values import HeaderValues
from srviewer.io.scans.series import Series

Sameness = Literal["same", "another", "unknown"]

# What identifies a person, by the keywords of DICOM, in words for people.
IDENTITY = {
    "PatientID": "patient number",
    "IssuerOfPatientID": "issuer of the patient number",
    "PatientName": "patient's name",
    "PatientBirthDate": "birth date",
    "PatientSex": "sex",
}
# A study's values beside its UID: some anonymisers give all studies the same.
STUDY = ("StudyInstanceUID", "StudyDate", "AccessionNumber")
# Values that anonymisers write for everybody.
NOBODY = re.compile(
    r"anon(ym(ous|i[sz]ed|us)?)?|unknown|none|n ?a|null|nil|removed|withheld|patient|subject|test|"
    r"phantom|no ?name|de ?identified|x+|o|0+|0*1|(19|10)000101|00010101"
)
SUBJECT, SESSION = (re.compile(rf"(?i:{kind})-[a-zA-Z0-9]+") for kind in ("sub", "ses"))
NUMBERED = re.compile(
    r"(?<![a-z])(?:sub|subj|subject|pat|patient|case|volunteer|participant|proband)[-_ ]?0*(\d+)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Whose:
    """The person and the examination of a scan.

    Attributes:
        identity: The values of ``IDENTITY`` that the header has, written alike; they name the
            patient and go no further.
        digest: The digest of everything in a DICOM header that identifies the person, "" for other
            formats.
        number: The digest of the patient's number alone, "" where there is none.
        is_read: Whether the header could be read; it cannot in an archive.
        frame: DICOM's FrameOfReferenceUID, or "".
        study: The values of ``STUDY`` that the header has.
        subject: The label by BIDS ("sub-01") of the file or its folder, or "".
        session: The label of the visit ("ses-02"), or "".
        data_set: The folder within which these labels are of one person each.
        folder: The folder of the file.
        numbered: The number that a word such as "patient" has in the name of the file, or "".
    """

    identity: dict[str, str] = field(repr=False)
    digest: str = field(repr=False)
    number: str = field(repr=False)
    is_read: bool
    frame: str
    study: dict[str, str] = field(repr=False)
    subject: str
    session: str
    data_set: Path
    folder: Path
    numbered: str = field(repr=False)

    @property
    def is_unsaid(self) -> bool:
        """Whether neither header nor name says anything of the person."""
        return not (self.identity or self.study or self.subject or self.digest)


def whose_of(series: Series, values: HeaderValues, is_read: bool) -> Whose:
    """Read the person and the examination of a scan.

    Args:
        series: The scan.
        values: The values of its header.
        is_read: Whether the header could be read; the values are empty where it could not.

    Returns:
        What is known of them.
    """
    named = {keyword: _plain(keyword, values.text(keyword)) for keyword in IDENTITY}
    study = {keyword: values.text(keyword).strip() for keyword in STUDY}
    if not is_read:
        study["StudyDate"] = series.details.study_date
    return replace(
        whose_named(series),
        identity={key: value for key, value in named.items() if value},
        is_read=is_read,
        frame=values.text("FrameOfReferenceUID"),
        study={key: value for key, value in study.items() if value},
    )


def whose_named(series: Series) -> Whose:
    """The person and the examination of a scan without reading its header again.

    Args:
        series: The scan.

    Returns:
        What its names and the digests of its listing say, as of a header that could not be read.
    """
    # Paths from the working folder and from the root name one folder alike. The file itself may be
    # a link into a store of contents (git-annex), whose names say nothing.
    path = series.sources[0]
    file = path.parent.resolve() / path.name
    subject, data_set = _label(SUBJECT, file)
    date = series.details.study_date
    return Whose(
        identity={},
        digest=series.details.person,
        number=series.patient,
        is_read=False,
        frame="",
        study={"StudyDate": date} if date else {},
        subject=subject,
        session=_label(SESSION, file)[0],
        data_set=data_set,
        folder=file.parent,
        numbered=next(iter(NUMBERED.findall(file.name)), ""),
    )


def same_person(one: Whose, other: Whose) -> tuple[Sameness, str]:
    """Compare the persons of two scans.

    Args:
        one: Of the first scan.
        other: Of the second.

    Returns:
        "same" and "another" only where header or name say so, with the reason for people.
    """
    both = one.identity.keys() & other.identity.keys()
    differing = [word for key, word in IDENTITY.items() if key in both and _differ(key, one, other)]
    if differing:
        return "another", f"their headers differ in the {' and in the '.join(differing)}"
    one_set = one.data_set == other.data_set
    if one.subject and other.subject and one.subject != other.subject and one_set:
        return "another", f"one is of {one.subject} and one of {other.subject}"
    if not (one.is_read and other.is_read) and one.digest and other.digest:
        return _same_digest(one, other)
    if one.digest and other.digest and one.digest != other.digest:
        return "unknown", "the header of one identifies the person less fully than the other's"
    if "PatientID" in both or {"PatientName", "PatientBirthDate"} <= both:
        return "same", "their headers name one person"
    # Some anonymisers give all studies one UID.
    one_frame = one.frame != "" and one.frame == other.frame
    if one_frame and "StudyInstanceUID" in one.study and same_study(one, other):
        return "same", "they are of one examination"
    if one.subject and one.subject == other.subject and one_set:
        return "same", f"both are of {one.subject}"
    return "unknown", "neither their headers nor their names say whether it is one person"


def numbered_apart(one: Whose, other: Whose) -> bool:
    """Whether files are numbered as those of two people, as "patient1" and "patient2".

    Args:
        one: Of the first scan.
        other: Of the second.

    Returns:
        False where one of them has no such number.
    """
    return bool(one.numbered and other.numbered) and one.numbered != other.numbered


def same_study(one: Whose, other: Whose) -> bool:
    """Whether nothing says that two scans are of two examinations.

    Args:
        one: The person and examination of the first scan.
        other: Of the second.

    Returns:
        False where study or session are known of both and differ.
    """
    known = one.study.keys() & other.study.keys()
    if any(one.study[key] != other.study[key] for key in known):
        return False
    return not (one.session and other.session and one.session != other.session)


def _same_digest(one: Whose, other: Whose) -> tuple[Sameness, str]:
    """As ``same_person`` of series in archives, of which only digests are at hand."""
    if one.digest != other.digest:
        return "another", "their headers do not identify one and the same person"
    if one.number and one.number == other.number:
        return "same", "their headers name one person"
    return "unknown", "their headers name nobody"


def _differ(key: str, one: Whose, other: Whose) -> bool:
    return one.identity[key] != other.identity[key]


def _plain(keyword: str, value: str) -> str:
    """A value in one form; "" where it stands for nobody."""
    if keyword == "PatientName":  # in letters, without the same in ideographs
        value = value.split("=")[0]
    text = " ".join(re.split(r"[\^=\s_-]+", value.casefold())).strip()
    return "" if NOBODY.fullmatch(text) else text


def _label(kind: re.Pattern[str], file: Path) -> tuple[str, Path]:
    """The BIDS label of a file or of its nearest folder, and the folder around that one."""
    in_name = next(filter(kind.fullmatch, file.name.split(".")[0].split("_")), "")
    for folder in file.parents:
        if kind.fullmatch(folder.name):
            return _lower(in_name or folder.name), folder.parent
    return _lower(in_name), file.parent


def _lower(label: str) -> str:
    """A label with its kind in small letters, as BIDS has it; "A" and "a" are two people there."""
    kind, dash, value = label.partition("-")
    return f"{kind.lower()}{dash}{value}"
