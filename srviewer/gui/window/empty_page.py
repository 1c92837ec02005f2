"""The page before anything is open: where to drop, which buttons to press."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import IconLabel, button, label
from srviewer.gui.widgets.plain_text import PlainLabel
from srviewer.io.formats import FORMATS

LISTED = 5  # formats in a line


class EmptyPage(QWidget):
    """Invites the user to drop or open a scan."""

    open_wanted = Signal()
    folder_wanted = Signal()
    sample_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        sign = IconLabel("layers-triple-outline", 72)
        title = PlainLabel(tr("Drop a scan here"))
        title.setStyleSheet("font-size: 22px; font-weight: 600;")
        text = label(
            tr(
                "{kinds}, or a folder of them.\n"
                "It opens in three planes; one button reconstructs it with thin slices.",
                kinds=_kinds(),
            ),
            "muted",
        )
        text.setWordWrap(False)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        sample = button(tr("Open the sample"), tr("A built-in thick scan with its thin truth"))
        sample.setProperty("primary", "true")
        files = button(tr("Open files\u2026"), tr("Choose one file, or several of one series"))
        folder = button(tr("Open folder\u2026"), tr("Choose a folder of DICOM files"))
        sample.clicked.connect(self.sample_wanted)
        files.clicked.connect(self.open_wanted)
        folder.clicked.connect(self.folder_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        for choice in (sample, files, folder):
            buttons.addWidget(choice)
        frame = QFrame()
        frame.setProperty("role", "empty")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(36, 44, 36, 44)
        inner.setSpacing(16)
        for widget in (sign, title, text):
            inner.addWidget(widget, alignment=Qt.AlignmentFlag.AlignHCenter)
        inner.addSpacing(8)
        inner.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.addWidget(frame, alignment=Qt.AlignmentFlag.AlignCenter)


def _kinds() -> str:
    """The formats by name, in lines that are no wider than the text below them."""
    titles = [tr(row.title) for row in FORMATS]
    lines = [titles[start : start + LISTED] for start in range(0, len(titles), LISTED)]
    return ",\n".join(", ".join(line) for line in lines)
