"""The decoders that diagnose lists decode."""

from pydicom import dcmread
from pydicom.data import get_testdata_file

from srviewer.io.dicom.pixels.decoders import transfer_syntaxes

# Files of pydicom's own that other tests decode.
DECODED = (
    "MR_small.dcm",
    "MR_small_RLE.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "MR_small_jp2klossless.dcm",
    "JPGExtended.dcm",
    "image_dfl.dcm",
)


def test_what_can_be_decoded_is_listed_and_sound_and_video_are_not() -> None:
    listed = transfer_syntaxes()
    for name in DECODED:
        assert dcmread(str(get_testdata_file(name))).file_meta.TransferSyntaxUID.name in listed
    assert not [name for name in listed if "MPEG" in name or "Audio" in name or "HEVC" in name]
    assert set(listed.values()) == {"pydicom", "SimpleITK"}
