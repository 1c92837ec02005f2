"""What the documentation points to is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LINK = re.compile(r"\]\(([^)\s]+?)(?:\s+\"([^\"]+)\")?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_into_the_repository_leads_somewhere(page: Path) -> None:
    for target, title in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:|#", target):
            continue
        path = page.parent / target.partition("#")[0]
        assert path.exists(), f"{page.name} points to {target}"
        if path.suffix == ".py":
            assert f"def {title}(" in path.read_text(encoding="utf-8"), f"{path} has no {title}"
