"""HTML pages from the templates that ship with srviewer, all with one style sheet.

The only place for jinja2. Every value is text: control characters are spelled out, then marks of
HTML are escaped.
"""

from functools import cache
from typing import TYPE_CHECKING

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.core.visible_text import visible
from srviewer.paths import resource

if TYPE_CHECKING:
    from jinja2 import Environment


def drawn_page(template: str, **values: object) -> str:
    """Fill in a template of a page.

    Args:
        template: The name of a file in ``resources/pages``.
        values: The values of its variables, as untrusted text; every template also has ``version``
            and ``notice``.

    Returns:
        The page.

    Raises:
        UserError: The installation lacks the templates.
        UndefinedError: Of jinja2: a value is missing.
    """
    page = _templates().get_template(template)
    return page.render(version=__version__, notice=RESEARCH_USE_ONLY, **values)


@cache
def _templates() -> "Environment":
    # Loaded when a page is drawn: starting the program does not wait for it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(resource("pages")),
        autoescape=True,
        finalize=_spelled,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _spelled(value: object) -> object:
    """Text with its control characters spelled out; what a template made stays as it is."""
    return visible(value) if type(value) is str else value
