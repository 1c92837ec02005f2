"""Metadata of a scan that hold for its result too, from its sidecars or its DICOM header."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from srviewer.core.volumes.dicom_origin import DicomOrigin
from srviewer.documents import is_number, read_document
from srviewer.io.bids.names import BidsName, name_of
from srviewer.io.sidecars.provenance import sidecar

MOST_BYTES = 2**20  # a sidecar is a page of text
MOST_FILES = 1000  # of a folder that are looked at
# Of the fields of ``rules.sidecars.mri``, ``.anat`` and ``.qmri`` of schema 1.2.7: those of the
# acquisition. Those of slices hold no more, and those that name an institution or a device stay.
KEPT = (
    "Manufacturer", "ManufacturersModelName", "SoftwareVersions", "MagneticFieldStrength",
    "ReceiveCoilName", "ReceiveCoilActiveElements", "NumberReceiveCoilActiveElements",
    "GradientSetType", "MRTransmitCoilSequence", "MatrixCoilMode", "CoilCombinationMethod",
    "NumberTransmitCoilActiveElements", "BodyPart", "BodyPartDetails", "BodyPartDetailsOntology",
    "PulseSequenceType", "ScanningSequence", "SequenceVariant", "ScanOptions", "SequenceName",
    "PulseSequenceDetails", "NonlinearGradientCorrection", "MRAcquisitionType", "MTState",
    "MTOffsetFrequency", "MTPulseBandwidth", "MTNumberOfPulses", "MTPulseShape", "MTPulseDuration",
    "NumberShots", "SpoilingState", "SpoilingType", "SpoilingRFPhaseIncrement",
    "SpoilingGradientMoment", "SpoilingGradientDuration", "WaterSuppression",
    "WaterSuppressionTechnique", "B0ShimmingTechnique", "B1ShimmingTechnique",
    "ParallelReductionFactorInPlane", "ParallelReductionFactorOutOfPlane",
    "ParallelAcquisitionTechnique", "PartialFourier", "PartialFourierDirection",
    "EffectiveEchoSpacing", "MixingTime", "PhaseEncodingDirection", "TotalReadoutTime", "EchoTime",
    "InversionTime", "DwellTime", "AcquisitionDuration", "RepetitionTime",
    "RepetitionTimeExcitation", "RepetitionTimePreparation", "NegativeContrast", "FlipAngle",
    "LookLocker", "MultibandAccelerationFactor", "ContrastBolusIngredient", "TaskName", "Units",
    "DeidentificationMethod", "DeidentificationMethodCodeSequence", "SkullStripped",
)  # fmt: skip
# Tags of DICOM, the field of BIDS, and the factor to its unit; None for text.
OF_DICOM: tuple[tuple[str, str, float | None], ...] = (
    ("00080070", "Manufacturer", None),
    ("00081090", "ManufacturersModelName", None),
    ("00180023", "MRAcquisitionType", None),
    ("00180080", "RepetitionTime", 0.001),
    ("00180081", "EchoTime", 0.001),
    ("00180082", "InversionTime", 0.001),
    ("00180087", "MagneticFieldStrength", 1.0),
    ("00181314", "FlipAngle", 1.0),
)


def raw_metadata(image: Path, root: Path, origin: DicomOrigin | None) -> dict[str, Any]:
    """Collect the metadata of a scan that hold for its result too.

    In a data set, those of sidecars in folders above hold unless a lower one has the same field
    (the inheritance principle of BIDS).

    Args:
        image: The file or folder of the scan.
        root: The data set.
        origin: The DICOM series of the scan; None for other files.

    Returns:
        Fields of ``KEPT`` in their order.
    """
    fields: dict[str, Any] = _of_dicom(origin) if origin is not None else {}
    for path in _sidecars(image, root):
        try:
            content = read_document(path, MOST_BYTES)
        except (OSError, ValueError):
            continue  # of another program, and no part of the scan
        if isinstance(content, dict):
            fields |= {key: content[key] for key in KEPT if key in content}
    return {key: fields[key] for key in KEPT if key in fields}


def _sidecars(image: Path, root: Path) -> list[Path]:
    """The sidecars that apply to an image, the highest first."""
    own, name = sidecar(image), name_of(image)
    image, root = image.absolute(), root.absolute()
    if name is None or not image.is_relative_to(root):
        return [own]
    folders = [folder for folder in image.parents if folder.is_relative_to(root)]
    found = []
    for folder in reversed(folders):
        names = sorted(folder.glob(f"*{name.suffix}.json"))[:MOST_FILES]
        applying = [path for path in names if path.name != own.name and _applies(path, name)]
        found += sorted(applying, key=lambda path: len(path.name))
    return [*found, own]


def _applies(path: Path, name: BidsName) -> bool:
    """Whether each entity of a sidecar's name is one of the image's."""
    *parts, suffix = path.name.removesuffix(".json").split("_")
    entities = {f"{key}-{label}" for key, label in name.entities.items()}
    return suffix == name.suffix and entities.issuperset(parts)


def _of_dicom(origin: DicomOrigin) -> dict[str, Any]:
    header: Mapping[str, Any] = json.loads(origin.header)
    fields: dict[str, Any] = {}
    for tag, field, factor in OF_DICOM:
        values = header.get(tag, {}).get("Value", [])
        value = values[0] if len(values) == 1 else None
        if factor is None and isinstance(value, str):
            fields[field] = value
        elif factor is not None and is_number(value):
            fields[field] = round(value * factor, 9)
    return fields
