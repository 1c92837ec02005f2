"""A new field of a study is one line of one file: sessions, tabs and undo keep it."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.study.grown_study import SCRIPT

PACKAGE = Path(__file__).parents[2] / "srviewer"
AFTER = "    acknowledged: bool = field(default=False, metadata=SAVED)\n"
LINE = '    note: str = field(default="", metadata=SAVED)\n'


def test_a_new_field_is_one_line_of_one_file(tmp_path: Path) -> None:
    grown = tmp_path / "srviewer"
    shutil.copytree(PACKAGE, grown, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "resources").symlink_to(PACKAGE.parent / "resources")
    state = grown / "study" / "state" / "study_state.py"
    text = state.read_text(encoding="utf-8")
    assert text.count(AFTER) == 1
    state.write_text(text.replace(AFTER, AFTER + LINE), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "work")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "told\nkept by tabs\nkept by the session\n"), (
        done.stderr
    )
