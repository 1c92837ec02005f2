"""Session files: what was open and how it was looked at, as JSON that is checked when read."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.atomic import write_text
from srviewer.codec import from_plain, to_plain
from srviewer.documents import read_document
from srviewer.errors import UserError
from srviewer.study.document import SavedSession, check, seen_from
from srviewer.study.migrations import from_one_study, from_saved_fields

FORMAT = "srviewer session"
MIGRATIONS = (from_one_study, from_saved_fields)
VERSION = len(MIGRATIONS) + 1
SUFFIX = ".srviewer"
