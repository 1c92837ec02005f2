"""Whose a temporary file is, and that nothing is removed that a running program uses."""

import base64
import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

from children import Child
from srviewer.atomic import staged, write_text
from srviewer.temporary_folders import clear_temporary_folders
from srviewer.temporary_names import (
    abandoned_in,
    owner,
    process_mark,
    remove_own,
    target_of,
    temporaries_of,
    temporary_name,
)

MARKING = (
    "from srviewer.temporary_names import process_mark; print(process_mark(), flush=True); input()"
)
OLD = "1a2b3c4d"  # the marks of version 0.1.0
DAYS_AGO = time.time() - 2 * 86400


def _foreign(text: str) -> str:
    """The same mark, of another machine."""
    packed = base64.b32decode(text.upper())
    return base64.b32encode(bytes([packed[0] ^ 1]) + packed[1:]).decode().lower()


def _aged(path: Path) -> Path:
    os.utime(path, (DAYS_AGO, DAYS_AGO))
    return path


@pytest.fixture(scope="module")
def ended() -> str:
    """A mark of a process that has ended."""
    with Child([sys.executable, "-c", MARKING]) as child:
        text = child.line()
        assert owner(text) == "living"
        child.process.kill()
        if sys.platform == "linux":  # before anybody asked for its status: it is a zombie
            os.waitid(os.P_PID, child.process.pid, os.WEXITED | os.WNOWAIT)
            assert owner(text) == "ended"
    assert owner(text) == "ended"
    return text


def test_a_mark_says_whose_it_is(ended: str) -> None:
    assert process_mark() != process_mark() and owner(process_mark()) == "living"
    assert owner(_foreign(ended)) == owner(_foreign(process_mark())) == owner(OLD) == "unknown"


def test_a_number_that_another_process_got_is_not_the_old_one() -> None:
    packed = bytearray(base64.b32decode(process_mark().upper()))
    packed[7] ^= 1  # of the moment at which it began
    assert owner(base64.b32encode(packed).decode().lower()) == "ended"


def test_only_what_is_of_no_running_process_is_abandoned(ended: str, tmp_path: Path) -> None:
    def left(text: str) -> Path:
        path = tmp_path / f".srviewer-{text}-out.nii"
        path.write_bytes(b"")
        return path

    dead, foreign, old = left(ended), _aged(left(_foreign(ended))), _aged(left("0a1b2c3d"))
    (
        left(OLD),
        left(_foreign(process_mark())),
        _aged(left(process_mark())),
    )  # young, or of this process
    for name in (".srviewer-notes-out.nii", ".srviewer-batch", "srviewer-1a2b3c4d-out.nii"):
        (tmp_path / name).write_bytes(b"")
        _aged(tmp_path / name)
    assert set(abandoned_in(tmp_path)) == {dead, foreign, old}
    write_text(tmp_path / "other.txt", "x")
    assert dead.exists()  # it may mend something
    write_text(tmp_path / "out.nii", "x")
    assert not any(path.exists() for path in (dead, foreign, old))
    assert len(list(tmp_path.glob(".srviewer-*-out.nii"))) == 4  # one of them a person's


def test_a_name_of_any_length_has_a_temporary_one(tmp_path: Path) -> None:
    path = tmp_path / ("\u00e9" * 123 + "x.nii.gz")
    with staged(path) as temporary:
        temporary.write_bytes(b"1")
        assert temporaries_of(path) == [temporary] and temporary.name.endswith("\u00e9x.nii.gz")
    assert path.read_bytes() == b"1" and list(tmp_path.iterdir()) == [path]


def test_what_was_interrupted_while_it_was_put_away_goes_at_the_end(tmp_path: Path) -> None:
    file, folder = temporary_name(tmp_path / "a.nii"), temporary_name(tmp_path / "b")
    file.write_bytes(b"")
    (folder / "c").mkdir(parents=True)
    remove_own()
    assert not list(tmp_path.iterdir())


def test_folders_that_killed_processes_left_go(
    ended: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    kept = [f"srviewer-{process_mark()}-abcd1234", f"srviewer-{_foreign(ended)}-abcd1234"]
    kept += ["srviewer-results1", "srviewer-abcdefgh"]  # a person's own, as far as one can tell
    for name in (f"srviewer-{ended}-abcd1234", *kept):
        (tmp_path / name / "in").mkdir(parents=True)
    for name in kept[2:]:
        _aged(tmp_path / name / "in"), _aged(tmp_path / name)
    clear_temporary_folders()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)


def test_a_name_gives_the_name_that_it_is_for(tmp_path: Path) -> None:
    assert target_of(temporary_name(tmp_path / "a-b.nii")) == "a-b.nii"
    assert target_of(tmp_path / f".srviewer-{OLD}-a-b.nii") == "a-b.nii"
    assert target_of(tmp_path / ".srviewer-batch") == target_of(tmp_path / "a.nii") == ""
