"""The folders of what is autosaved: each has one owner from its first moment to its last."""

import sys

from children import Child
from srviewer.gui.user_files.autosave_folders import left_behind, new_folder, root

START_AND_END = """
from srviewer.gui.user_files.autosave_folders import left_behind
print("looking", flush=True)
while True:
    for folder in left_behind():
        folder.release()
"""


def test_a_window_that_starts_takes_no_folder_of_one_that_starts_beside_it() -> None:
    with Child([sys.executable, "-c", START_AND_END]) as other:
        assert other.line() == "looking"
        for _ in range(500):
            folder = new_folder()
            assert folder is not None
            folder.session_file.write_text("{}")  # it is there, and stays
            folder.discard()
    for folder in left_behind():
        folder.discard()
    assert [path for path in root().iterdir() if path.is_dir()] == []
