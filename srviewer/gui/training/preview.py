"""The preview of a training run: input, result and target of a patch of a held-out subject."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from srviewer.core.volumes.volume import Voxels
from srviewer.gui.appearance import theme
from srviewer.gui.texts.translation import mark, tr
from srviewer.gui.widgets.form import describe
from srviewer.nn.catalogue import PatchPreview

CAPTIONS = (mark("thick"), mark("result"), mark("target"))
CAPTION, GAP = 20, 8  # px
NOTHING = mark("A patch of a held-out subject appears here with the first scores.")
NOBODY = mark("No subject is held out, so there is no patch to show.")


class PreviewView(QWidget):
    """Three images side by side with the same grey levels."""

    def __init__(self) -> None:
        super().__init__()
        self.images: tuple[QImage, ...] = ()
        self._nothing = NOTHING
        self.setMinimumHeight(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        describe(
            self,
            tr("Preview"),
            tr("Thick slices, the network's result and the target, same grey levels"),
        )

    def sizeHint(self) -> QSize:
        """Called by Qt."""
        return QSize(480, 190)

    def show_preview(self, preview: PatchPreview | None, held_out: bool) -> None:
        """Show the patches, or a text while there are none.

        Args:
            preview: Each (rows, columns) or (rows, columns, 3); None before the first scores.
            held_out: Whether any subject is held out.
        """
        self._nothing = NOTHING if held_out else NOBODY
        self.images = ()
        if preview is not None:
            top = float(np.percentile(preview.truth, 99.8)) or 1.0
            self.images = tuple(
                _image(pixels, top) for pixels in (preview.thick, preview.result, preview.truth)
            )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Called by Qt."""
        painter = QPainter(self)
        painter.setPen(QColor(theme.colours().muted))
        if not self.images:
            wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect(), wrap, tr(self._nothing))
            return
        first = self.images[0]
        room = (self.width() - 2 * GAP) / 3
        scale = min(room / first.width(), (self.height() - CAPTION) / first.height())
        width, height = first.width() * scale, first.height() * scale
        left = (self.width() - 3 * width - 2 * GAP) / 2
        for column, (image, caption) in enumerate(zip(self.images, CAPTIONS, strict=True)):
            x = left + column * (width + GAP)
            above = QRectF(x, 0, width, CAPTION)
            painter.drawText(above, Qt.AlignmentFlag.AlignVCenter, tr(caption))
            painter.drawImage(QRectF(x, CAPTION, width, height), image)


def _image(pixels: Voxels, top: float) -> QImage:
    """An image of (rows, columns) or (rows, columns, 3), with ``top`` as white."""
    eight = np.ascontiguousarray(np.clip(pixels / top * 255, 0, 255).astype(np.uint8))
    height, width = eight.shape[:2]
    kind = QImage.Format.Format_Grayscale8 if eight.ndim == 2 else QImage.Format.Format_RGB888
    return QImage(eight.data, width, height, eight.strides[0], kind).copy()
