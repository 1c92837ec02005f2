"""Pixels of DICOM files, decoded, rescaled and stacked."""
