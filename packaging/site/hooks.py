"""Pages of the site that are no files in docs/, and links that lead out of docs/."""

import os
import re
import sys
from html import escape
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

sys.path.insert(0, str(Path(__file__).parent))  # mkdocs loads a hook by its path alone
import api
import architecture

ROOT = Path(__file__).resolve().parents[2]

# Files of the repository, and the pages of the site that show them.
AT_ROOT = {
    "README.md": "project/readme.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "CHANGELOG.md": "project/changelog.md",
    "SECURITY.md": "project/security.md",
    "THIRD_PARTY_LICENCES.md": "project/licences.md",
    "packaging/README.md": "project/packaging.md",
}
LINK = re.compile(
    r"(?P<mark>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)(?: \"(?P<title>[^\"]*)\")?\)"
)
ELSEWHERE = re.compile(r"[a-z]+:|#")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add what is generated to the navigation.

    Args:
        config: The site's, whose navigation grows.

    Returns:
        The same.
    """
    assert config.nav is not None
    config.nav += [
        {"Project": [*AT_ROOT.values(), architecture.PAGE]},
        {"API": [api.page_of(package) for package in api.packages()]},
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages at the root, the architecture and the API.

    Args:
        files: Those of docs/, to which the others are added.
        config: The site's.

    Returns:
        The same files.
    """
    contents = {page: (ROOT / source).read_text("utf-8") for source, page in AT_ROOT.items()}
    contents |= {api.page_of(package): api.page(package) for package in api.packages()}
    contents |= {
        architecture.PAGE: architecture.page(),
        architecture.PICTURE: architecture.picture(),
    }
    for name, content in contents.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead links between docs/ and the rest of the repository to pages of the site.

    A link to a file that is no page becomes its text, which says the file when it is hovered.

    Args:
        markdown: The text of the page, with links that are right in the repository.
        page: The page that holds it.
        config: The site's.
        files: All pages of the site.

    Returns:
        The text, with links that are right in the site.
    """
    pages = {page: source for source, page in AT_ROOT.items()}
    here = page.file.src_uri
    source = Path(pages.get(here, f"docs/{here}"))

    def redirected(link: re.Match[str]) -> str:
        if ELSEWHERE.match(link["target"]):
            return link[0]
        target, _, anchor = link["target"].partition("#")
        path = os.path.normpath(source.parent / target).replace(os.sep, "/")
        shown = AT_ROOT.get(path, path.removeprefix("docs/") if path.startswith("docs/") else None)
        if shown is None:
            file = ", ".join(filter(None, (path, link["title"])))
            return f'<abbr title="{escape(file)}">{link["text"]}</abbr>'
        leads = os.path.relpath(shown, Path(here).parent).replace(os.sep, "/")
        return f"{link['mark']}[{link['text']}]({leads}{'#' * bool(anchor)}{anchor})"

    return LINK.sub(redirected, markdown)
