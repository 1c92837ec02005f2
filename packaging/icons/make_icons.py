"""The icons of Windows and macOS, made from the one drawing of the program."""

import os
from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from srviewer.paths import resource

HERE = Path(__file__).resolve().parent
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_SIZES = (16, 32, 64, 128, 256, 512)


def drawn(svg: Path, size: int) -> Image.Image:
    """The drawing as ``size`` x ``size`` pixels, each size drawn anew and not scaled."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return Image.open(BytesIO(content.data())).convert("RGBA")


def main() -> None:
    """Write srviewer.ico and srviewer.icns beside this file."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QGuiApplication([])
    svg = resource("icons") / "srviewer.svg"
    for name, sizes in (("srviewer.ico", ICO_SIZES), ("srviewer.icns", ICNS_SIZES)):
        pictures = [drawn(svg, size) for size in sizes]
        largest = pictures[-1]
        sides = {"sizes": [(n, n) for n in sizes]} if name.endswith("ico") else {}
        largest.save(HERE / name, append_images=pictures[:-1], **sides)
    application.quit()


if __name__ == "__main__":
    main()
