"""The panes of a study that is shown beside the current one, and how both follow each other."""
