"""The panel that corrects masks: mask, label, tools, islands, volumes."""
