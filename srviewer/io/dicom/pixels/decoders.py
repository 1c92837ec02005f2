"""The DICOM transfer syntaxes that this installation can decode."""

from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import (
    UID,
    AllTransferSyntaxes,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
)

# Those that pydicom needs further packages for and SimpleITK decodes.
THROUGH_ITK = (JPEGLossless, JPEGLosslessSV1, JPEGLSLossless, JPEGLSNearLossless)


def transfer_syntaxes() -> dict[str, str]:
    """The name of each transfer syntax that can be decoded, with "pydicom" or "SimpleITK"."""
    decoders = {syntax.name: _decoder(syntax) for syntax in AllTransferSyntaxes}
    return {name: decoder for name, decoder in decoders.items() if decoder}


def _decoder(syntax: UID) -> str:
    try:
        available = get_decoder(syntax).is_available
    except NotImplementedError:  # sound and video among them
        available = False
    return "pydicom" if available else "SimpleITK" if syntax in THROUGH_ITK else ""
