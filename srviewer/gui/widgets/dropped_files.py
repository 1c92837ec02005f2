"""Files that are dragged from another program."""

from pathlib import Path

from PySide6.QtGui import QDropEvent


def dropped_paths(event: QDropEvent) -> list[Path]:
    """The files and folders of a drop.

    Args:
        event: Its URLs that are not local are ignored.

    Returns:
        Local paths in the order of the drop; empty when there are none.
    """
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
