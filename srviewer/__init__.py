"""srviewer: super-resolution of thick-slice MRI, with comparison and scores. Research use only."""

__version__ = "0.1.0"

RESEARCH_USE_ONLY = "Research use only. Not for diagnosis."
