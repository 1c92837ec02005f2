"""The component of a complex image in GE files: magnitude, phase, real, imaginary or field map.

GE states it as a number of its own (0043,102F). Its sequences for field maps give two volumes with
the same number there: first the map in Hz, then the magnitude.
"""

from pydicom.dataset import Dataset

KIND = (0x0043102F, "GEMS_PARM_01")
SEQUENCES = ((0x0019109C, "GEMS_ACQU_01"), (0x0019109E, "GEMS_ACQU_01"))
LOCATIONS = (0x0021104F, "GEMS_RELA_01")  # the number of slices of one volume
GE_ELEMENTS = (KIND, *SEQUENCES, LOCATIONS)
# Their numbers in the standard's words.
KINDS = ("MAGNITUDE", "PHASE", "REAL", "IMAGINARY")
FIELD_MAPS = ("b0map", "b0rf", "3db0map")
FIELD_MAP = "FIELD MAP"


def ge_component(dataset: Dataset) -> str:
    """Read the component of the complex image from GE's private elements.

    Args:
        dataset: A header with GE's private elements and InstanceNumber.

    Returns:
        A value of ComplexImageComponent, "FIELD MAP", or "IMAGE TYPE n" for an unknown number; ""
        where the header does not state it.
    """
    number = _integer(dataset, KIND)
    if number is None:
        return ""
    if number == 0 and any(
        _text(dataset, sequence).lower() in FIELD_MAPS for sequence in SEQUENCES
    ):
        slices, instance = _integer(dataset, LOCATIONS), dataset.get("InstanceNumber")
        if slices and instance and int(instance) <= slices:
            return FIELD_MAP
    return KINDS[number] if 0 <= number < len(KINDS) else f"IMAGE TYPE {number}"


def _value(dataset: Dataset, element: tuple[int, str]) -> object:
    number, creator = element
    stated = dataset.get((number >> 16, 0x10))
    if number not in dataset or stated is None or str(stated.value).strip() != creator:
        return None
    value: object = dataset[number].value
    return value


def _integer(dataset: Dataset, element: tuple[int, str]) -> int | None:
    value = _value(dataset, element)
    if isinstance(value, bytes):  # of a kind that is not known
        return int.from_bytes(value[:2], "little", signed=True) if len(value) == 2 else None
    try:
        return int(str(value))
    except ValueError:
        return None


def _text(dataset: Dataset, element: tuple[int, str]) -> str:
    value = _value(dataset, element)
    plain = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value or "")
    return plain.strip(" \0")
