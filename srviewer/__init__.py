"""srviewer: thick-slice MRI rebuilt thin, compared and scored. Research use only."""

__version__ = "0.1.0"

RESEARCH_USE_ONLY = "Research use only. Not for diagnosis."
