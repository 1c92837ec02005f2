"""The header of one DICOM file: frames, tiles, stored pixels."""
