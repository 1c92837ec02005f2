"""What lies over the slices and what is compared, to a session file and back."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from srviewer.core.volume import Volume
from srviewer.gui.comparables import Comparables
from srviewer.gui.layer import Graded, Layer
from srviewer.gui.overlays import layer_of
from srviewer.gui.session import Session
from srviewer.gui.whereabouts import Whereabouts
from srviewer.io.saved_study import SavedLayer
from srviewer.io.session_fields import Place

RESULT = "result-"


def saved_layers(session: Session, whereabouts: Whereabouts) -> tuple[SavedLayer, ...]:
    """The layers over the panes, each of which was read from a file."""
    files = [(layer, whereabouts.files.get(layer.volume)) for layer in session.layers]
    return tuple(
        SavedLayer(
            image=Place(path.absolute()),
            opacity=layer.opacity,
            threshold=layer.ink.threshold if isinstance(layer.ink, Graded) else None,
        )
        for layer, path in files
        if path is not None
    )


def show_layers(
    session: Session, whereabouts: Whereabouts, layers: Iterable[tuple[SavedLayer, Volume]]
) -> None:
    """Lay them over the panes as they were."""
    shown: list[Layer] = []
    for saved, volume in layers:
        path = saved.image.find()
        if path is not None:
            whereabouts.files[volume] = path
        layer = layer_of(volume).seen_at(saved.opacity)
        if isinstance(layer.ink, Graded) and saved.threshold is not None:
            layer = replace(layer, ink=replace(layer.ink, threshold=saved.threshold))
        shown.append(layer)
    session.set_layers(shown)


def saved_shown(comparables: Comparables) -> tuple[str, ...]:
    """What is compared, A and B first; volumes that were loaded beside are left out."""
    oldest_first = [one.key for one in reversed(comparables.results)]
    words = {key: result_word(number) for number, key in enumerate(oldest_first)}
    loaded = {one.key for one in comparables.loaded}
    return tuple(words.get(key, key) for key in comparables.shown if key not in loaded)


def shown_again(saved: Iterable[str], keys: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of what was compared; ``keys``: of the results that are there again."""
    there = (word for word in saved if word in keys or not word.startswith(RESULT))
    return tuple(keys.get(word, word) for word in there)


def result_word(number: int) -> str:
    """How a session file calls the result at ``number``, the oldest being 0."""
    return f"{RESULT}{number}"
