"""The panes of the second study, which is shown beside the current one."""
