"""Images whose header is text: NRRD, MetaImage and AFNI, read and written."""
