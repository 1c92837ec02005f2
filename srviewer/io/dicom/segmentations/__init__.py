"""DICOM segmentations: binary, fractional and label maps, as label maps on one grid."""

# With pydicom behind the bounded reader of headers: highdicom reads whole files without a limit,
# refuses frames whose positions are rounded, and brings 27 MB and another decoder of JPEG-LS.
