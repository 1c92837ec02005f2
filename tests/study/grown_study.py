"""A program with one more field of a study, "note"."""

SCRIPT = """
import os, sys
from dataclasses import replace
from pathlib import Path
os.environ["QT_QPA_PLATFORM"] = "offscreen"
import numpy as np
from PySide6.QtCore import QCoreApplication
from srviewer.core.geometry.grid import Geometry
from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.state.open_studies import OpenStudies
from srviewer.job import run
from srviewer.study.opening import opened
from srviewer.study.sessions.restore import restore
from srviewer.study.state.study_state import StudyState
from srviewer.study.sessions.store import store

app = QCoreApplication([])
assert Path(sys.modules["srviewer"].__file__).parents[1] == Path.cwd()
session = ShownStudy()
studies = OpenStudies(session, session)
geometry = Geometry((8, 8, 4), np.diag((1.0, 1.0, 4.0, 1.0)))
first, second = (
    opened(Volume(np.full(geometry.shape, n, np.float32), geometry, f"n{n}"), StudyState(), "cpu")
    for n in (1, 2)
)
session.set(first)
told = []
session.changed.connect(told.append)
session.change(note="left knee")
assert told == [{"note"}]
print("told")
studies.choice = "add"
studies.begin()
studies.place(second)
assert session.state.note == ""
studies.show(0)
assert session.state.note == "left knee"
print("kept by tabs")
folder = Path(sys.argv[1])
folder.mkdir()
run(store(folder / "s.srviewer", studies.states, 0, folder, Path.exists))
back = run(restore(folder / "s.srviewer", StudyState(), "cpu", Path.exists))
assert [state.note for state in back.states] == ["left knee", ""]
print("kept by the session")
"""
