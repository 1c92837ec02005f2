"""Options that several verbs share, and the meaning of their values."""
