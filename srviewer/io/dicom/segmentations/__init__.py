"""DICOM segmentations: binary, fractional and label maps, as label maps on one grid."""
