"""Whether a report is what it should be: one page of HTML that needs nothing else."""

from base64 import b64decode
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

from PIL import Image

from srviewer import RESEARCH_USE_ONLY

VOID = frozenset({"meta", "img", "br", "hr", "link", "input"})
LOADS = frozenset({"src", "href", "srcset", "data", "action", "poster"})
INLINE = "data:image/png;base64,"


class _Reader(HTMLParser):
    """Collects pictures; raises ValueError for what a page must not do."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.pictures: list[bytes] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in LOADS and not (value or "").startswith((INLINE, "#")):
                raise ValueError(f"<{tag} {name}> needs {value!r}")
        source = dict(attrs).get("src") if tag == "img" else None
        if source:
            self.pictures.append(b64decode(source.removeprefix(INLINE), validate=True))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise ValueError(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def check_report(path: Path) -> int:
    """How many figures ``path`` holds. Raises ValueError for a page that is not whole."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    if reader.open:
        raise ValueError(f"{path.name}: <{reader.open[-1]}> is not closed")
    if RESEARCH_USE_ONLY not in "".join(reader.text):
        raise ValueError(f"{path.name}: it does not say what it is for")
    if not reader.pictures:
        raise ValueError(f"{path.name}: it has no figure")
    for picture in reader.pictures:
        with Image.open(BytesIO(picture)) as image:
            image.load()  # raises where the picture is cut short
    return len(reader.pictures)
