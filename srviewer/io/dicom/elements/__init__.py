"""Elements of DICOM data sets: bytes, tags, private values."""
