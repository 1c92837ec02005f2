"""The About dialog: version, purpose, and the licences of the parts."""

from importlib.metadata import PackageNotFoundError, version
from platform import python_version

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.core.visible_text import html_text
from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import IconLabel, describe, label
from srviewer.gui.widgets.plain_text import TextPage

# (package, its licence); the whole texts lie in the packages.
PARTS = (
    ("PySide6-Essentials", "LGPL-3.0"),
    ("pyqtgraph", "MIT"),
    ("qtawesome", "MIT; Material Design icons: Apache-2.0"),
    ("torch", "BSD-3-Clause"),
    ("numpy", "BSD-3-Clause"),
    ("scipy", "BSD-3-Clause"),
    ("nibabel", "MIT"),
    ("pydicom", "MIT"),
    ("SimpleITK", "Apache-2.0"),
    ("safetensors", "Apache-2.0"),
    ("pillow", "MIT-CMU"),
    ("jinja2", "BSD-3-Clause"),
    ("matplotlib", "Python Software Foundation licence"),
    ("dask", "BSD-3-Clause"),
    ("psutil", "BSD-3-Clause"),
    ("msgspec", "BSD-3-Clause"),
    ("distributed", "BSD-3-Clause"),
    ("pathspec", "MPL-2.0"),
)


class AboutDialog(QDialog):
    """Name, version, purpose, licences."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About srviewer"))
        title = label(f"srviewer {__version__}", "value")
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(IconLabel("layers-triple-outline", 44))
        words = QVBoxLayout()
        words.addWidget(title)
        words.addWidget(label(tr(RESEARCH_USE_ONLY), "research"))
        head.addLayout(words, 1)
        about = label(
            tr(
                "Thick-slice MRI reconstructed with thin slices, compared and scored. Thin slices "
                "are an estimate; the scores say how good it is where there is a reference to "
                "score against."
            ),
            "plain",
        )
        self.parts = TextPage()
        describe(self.parts, tr("Parts"), tr("What srviewer is made of: versions and licences"))
        self.parts.setHtml(_parts())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        describe(close, tr("Close"), tr("Close this dialog"))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(12)
        layout.addLayout(head)
        layout.addWidget(about)
        layout.addWidget(self.parts, 1)
        layout.addWidget(buttons)
        self.resize(520, 520)


def _parts() -> str:
    program = ("srviewer", __version__, "MIT")
    python = ("Python", python_version(), "Python Software Foundation licence")
    rows = [program, python, *((name, _version(name), licence) for name, licence in PARTS)]
    cells = "".join(
        "<tr>" + "".join(f"<td>{html_text(text)}</td>" for text in row) + "</tr>" for row in rows
    )
    return f"<table cellspacing='0' cellpadding='4'>{cells}</table>"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # a frozen build may carry a part without its record
        return ""
