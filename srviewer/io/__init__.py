"""Files to volumes, volumes to files: the only place for nibabel, pydicom and SimpleITK."""
