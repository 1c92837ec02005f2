"""Nothing that hangs hangs the tests: a child is given up with its stacks, and so is a test."""

import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from children import Child, output, ran, stopped_child

ROOT = Path(__file__).resolve().parents[1]
STUCK = """
import sys, time
print("about to wait", file=sys.stderr, flush=True)
def stuck_here():
    print("begun", flush=True)
    time.sleep(600)
stuck_here()
"""


def python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def test_a_child_is_read_and_asked_and_gone_at_the_end() -> None:
    with Child(python("print(1); print(input()); print(3)")) as child:
        assert child.line() == "1"
        assert child.process.stdin is not None
        child.process.stdin.write("two\n")
        done = child.ended()
    assert (done.returncode, done.stdout, done.stderr) == (0, "two\n3\n", "")
    with Child(python(STUCK)) as child:
        child.line()
    assert child.process.poll() is not None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGABRT for another process")
@pytest.mark.parametrize(
    "wait",
    [
        lambda child: child.ended(0.5),
        lambda child: child.line(0.5),
        lambda child: child.until(lambda: False, 0.5),
    ],
    ids=["for its end", "for a line", "for what it does"],
)
def test_a_child_that_hangs_tells_where(wait: object) -> None:
    assert callable(wait)
    with Child(python(STUCK)) as child:
        assert child.line() == "begun"
        with pytest.raises(pytest.fail.Exception, match=r"(?s)about to wait.*stuck_here"):
            wait(child)


def test_a_child_that_ends_early_says_why() -> None:
    for wait in (Child.line, lambda child: child.until(lambda: False)):
        with (
            Child(python("raise SystemExit('no more')")) as child,
            pytest.raises(pytest.fail.Exception, match="no more"),
        ):
            wait(child)
    assert ran(python("raise SystemExit(3)")).returncode == 3
    with pytest.raises(AssertionError, match="no more"):
        output(python("raise SystemExit('no more')"))


# A file that is there for a moment of its own, and then a second one.
SHORT = """
import pathlib, sys
file = pathlib.Path(sys.argv[1])
for _ in range(2):
    file.touch()
    sum(range(1_000_000))
    file.unlink()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGSTOP")
def test_a_child_is_stopped_in_the_middle_and_started_again_where_it_was_too_fast(
    tmp_path: Path,
) -> None:
    file, starts = tmp_path / "there", []

    def start() -> Child:
        starts.append("pass" if len(starts) < 2 else SHORT)
        return Child([*python(starts[-1]), file])

    with stopped_child(start, file.exists) as child:
        assert len(starts) >= 3 and file.exists()
        child.process.send_signal(signal.SIGCONT)
        assert child.ended().returncode == 0 and not file.exists()
    with (
        pytest.raises(pytest.fail.Exception, match="ended 20 times"),
        stopped_child(lambda: Child(["true"]), file.exists),
    ):
        pass


# What takes a machine long, which the time of a test includes, comes before its first test.
HANGING = """
from PySide6.QtWidgets import QApplication, QMessageBox

app = QApplication([])

def test_nobody_answers(qtbot):
    QMessageBox.question(None, "A question", "?")
"""


def test_a_test_that_hangs_ends_the_run_with_its_stacks(tmp_path: Path) -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert 0 < settings["tool"]["pytest"]["ini_options"]["faulthandler_timeout"] <= 600
    (tmp_path / "test_hanging.py").write_text(HANGING)
    options = ["-c", str(ROOT / "pyproject.toml"), "-o", "faulthandler_timeout=2"]
    where = ["-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
    done: subprocess.CompletedProcess[str] = ran(
        [sys.executable, "-m", "pytest", *options, *where], cwd=tmp_path
    )
    assert done.returncode != 0
    assert "in test_nobody_answers" in done.stderr
