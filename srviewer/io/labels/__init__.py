"""Names and colours of labels: in the image file, in files beside it, in a table of the user."""
