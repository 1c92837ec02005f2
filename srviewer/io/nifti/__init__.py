"""NIfTI, Analyze and FreeSurfer images, read."""
