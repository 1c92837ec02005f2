"""What lies over the slices and what is compared, to a session file and back."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path

from srviewer.core.volume import Volume
from srviewer.gui.comparables import Comparables
from srviewer.gui.comparing import Comparing
from srviewer.gui.layer import Graded, Layer
from srviewer.gui.overlays import layer_of
from srviewer.gui.session import Session
from srviewer.gui.whereabouts import Whereabouts
from srviewer.io.saved_looks import SavedComparing, SavedLayer, SavedLoaded
from srviewer.sr.maps import MAPS
from srviewer.sr.restored_sessions import Restored
from srviewer.sr.sessions import place_of

RESULT, LOADED = "result-", "loaded-"


def saved_layers(session: Session, whereabouts: Whereabouts) -> tuple[SavedLayer, ...]:
    """The layers over the panes, each of which was read from a file."""
    files = [(layer, whereabouts.files.get(layer.volume)) for layer in session.layers]
    return tuple(
        SavedLayer(
            image=place_of(path, layer.volume),
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
            whereabouts.hold(volume, path)
        layer = layer_of(volume).seen_at(saved.opacity)
        if isinstance(layer.ink, Graded) and saved.threshold is not None:
            layer = replace(layer, ink=replace(layer.ink, threshold=saved.threshold))
        shown.append(layer)
    session.set_layers(shown)


def saved_loaded(
    comparables: Comparables, file: Callable[[Volume], Path | None]
) -> dict[str, SavedLoaded]:
    """By its key, each volume that was opened only to be compared; ``file``: what it was read from.

    That may have changed since: the session knows its content.
    """
    files = [(one, file(one.volume)) for one in comparables.loaded]
    return {one.key: SavedLoaded(place_of(p, one.volume), one.name) for one, p in files if p}


def show_loaded(session: Session, whereabouts: Whereabouts, restored: Restored) -> dict[str, str]:
    """Offer them for comparing again; their new keys by what the session file calls them."""
    keys: dict[str, str] = {}
    for saved, volume in restored.loaded:
        path = saved.image.find()
        if path is not None:
            whereabouts.hold(volume, path)
        session.keep(session.comparables.with_loaded(volume, saved.name))
        word = loaded_word(restored.saved.loaded.index(saved))
        keys[word] = session.comparables.loaded[-1].key
    return keys


def saved_shown(comparables: Comparables, loaded: Iterable[str]) -> tuple[str, ...]:
    """What is compared, A and B first; ``loaded``: keys of the loaded volumes that are saved."""
    results = [one.key for one in reversed(comparables.results)]
    words = {key: result_word(number) for number, key in enumerate(results)}
    words |= {key: loaded_word(number) for number, key in enumerate(loaded)}
    lost = {one.key for one in comparables.kept} - words.keys()
    return tuple(words.get(key, key) for key in comparables.shown if key not in lost)


def shown_again(saved: Iterable[str], keys: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of what was compared; ``keys``: of what was made or loaded and is there again."""
    there = (word for word in saved if word in keys or not word.startswith((RESULT, LOADED)))
    return tuple(keys.get(word, word) for word in there)


def saved_comparing(comparing: Comparing) -> SavedComparing:
    """How A and B are compared, and which map lies over the slices."""
    return SavedComparing(
        divider=comparing.divider,
        upright=comparing.upright,
        tile_mm=comparing.tile_mm,
        difference_range=comparing.difference_range,
        map=comparing.map,
        threshold=comparing.threshold,
        opacity=comparing.opacity,
    )


def compared_again(saved: SavedComparing, comparing: Comparing) -> Comparing:
    """``comparing`` as it was saved; a map that this version does not know is left out."""
    known = {kind.id for kind in MAPS}
    fields = asdict(saved)
    return replace(comparing, **{**fields, "map": saved.map if saved.map in known else ""})


def result_word(number: int) -> str:
    """How a session file calls the result at ``number``, the oldest being 0."""
    return f"{RESULT}{number}"


def loaded_word(number: int) -> str:
    """How a session file calls the loaded volume at ``number``, the oldest being 0."""
    return f"{LOADED}{number}"
