"""Which DICOM transfer syntaxes this installation can decode."""

from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import UID, AllTransferSyntaxes


def transfer_syntaxes() -> dict[str, str]:
    """Name of each image transfer syntax -> what decodes it: "pydicom" or "through SimpleITK"."""
    return {syntax.name: _decoder(syntax) for syntax in AllTransferSyntaxes}


def _decoder(syntax: UID) -> str:
    try:
        available = get_decoder(syntax).is_available
    except NotImplementedError:  # pydicom knows no decoder of pixels for this syntax
        available = False
    return "pydicom" if available else "through SimpleITK"
