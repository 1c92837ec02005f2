"""Results as DICOM series."""
