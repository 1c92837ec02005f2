"""Files that the program keeps for its user: settings, preferences, recent files, autosave, log."""
