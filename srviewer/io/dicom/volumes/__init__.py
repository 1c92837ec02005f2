"""DICOM slices grouped to series and volumes, with their grids."""
