"""The guide that ships with srviewer, readable without a network."""

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from srviewer.gui.texts.translation import tr
from srviewer.gui.widgets.form import describe
from srviewer.paths import resource


class GuideDialog(QDialog):
    """Shows ``resources/help/guide.md``. Raises UserError when the installation lacks it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Guide"))
        self.text = QTextBrowser()
        self.text.setOpenExternalLinks(True)
        self.text.setMarkdown((resource("help") / "guide.md").read_text(encoding="utf-8"))
        self.text.document().setDocumentMargin(14)
        describe(self.text, tr("Guide"), tr("How to open, view, reconstruct, score and export"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        describe(close, tr("Close"), tr("Close the guide"))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.addWidget(self.text, 1)
        layout.addWidget(buttons)
        self.resize(680, 640)
