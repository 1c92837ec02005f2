"""The results of a scan, the volumes loaded beside it, and which of everything is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from srviewer.core.resampling.reorient import same_grid
from srviewer.core.volumes.volume import Volume
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.study.state.held_file import HeldFile

ORIGINAL, CUBIC, REFERENCE = "original", "cubic", "reference"
NO_RESULT = "result"  # the key that stands in for a result while there is none
MOST_RESULTS = 8  # float32 volumes are large: the oldest one gives way
FEWEST_SHOWN, MOST_SHOWN = 2, 4


@dataclass(frozen=True, eq=False)
class Kept:
    """A volume that was made here or loaded to be compared.

    Attributes:
        key: stays when it is renamed.
        name: as the user calls it.
        volume: itself.
        made: how it was made; None for a loaded volume.
        scores: its own beside cubic's, against the present reference; None while it has none.
        files: the files that hold its volume (key "") and the maps of a result (key: their kind).

    """

    key: str
    name: str
    volume: Volume
    made: Reconstruction | None = None
    scores: ScoredPair | None = None
    files: Mapping[str, HeldFile] = field(default_factory=dict)

    @property
    def volumes(self) -> Mapping[str, Volume]:
        """Its volume and its maps, by the keys of ``files``."""
        return {"": self.volume, **({} if self.made is None else self.made.maps())}


@dataclass(frozen=True, eq=False)
class Comparables:
    """The results and loaded volumes of the open scan, and which of everything is shown.

    ``results``: newest first. ``current``: the key of the one that is scored, plotted and
    exported. ``loaded``: newest last. ``cubic``: the scan by cubic interpolation on the current
    result's grid, once it was asked for. ``shown``: two to four keys; the first two are A and B.
    ``made``: how many results and loaded volumes there ever were, so that no key comes twice.
    """

    results: tuple[Kept, ...] = ()
    current: str = NO_RESULT
    loaded: tuple[Kept, ...] = ()
    cubic: Volume | None = None
    shown: tuple[str, ...] = (ORIGINAL, NO_RESULT)
    made: int = 0

    @property
    def kept(self) -> tuple[Kept, ...]:
        """Results and loaded volumes."""
        return self.results + self.loaded

    def find(self, key: str) -> Kept | None:
        """The result or loaded volume with this key."""
        return next((one for one in self.kept if one.key == key), None)

    @property
    def result(self) -> Kept | None:
        """The current result."""
        return self.find(self.current)

    def with_result(self, made: Reconstruction) -> "Comparables":
        """A new current result, shown in the place of the first result that is shown."""
        number = self.made + 1
        name = self._free_name(result_name(made))
        new = Kept(f"result-{number}", name, made.volume, made)
        grown = replace(self, results=(new, *self.results)[:MOST_RESULTS], made=number)
        place = next((key for key in self.shown if self._is_result(key)), None)
        shown = (*self.shown[:1], new.key, *self.shown[2:])
        if place is not None:
            shown = tuple(new.key if key == place else key for key in self.shown)
        return grown.choosing(new.key).showing(shown)

    def with_loaded(self, volume: Volume, name: str, file: HeldFile | None = None) -> "Comparables":
        """A loaded volume, shown as B; ``file``: what it was read from."""
        number = self.made + 1
        files = {} if file is None else {"": file}
        new = Kept(f"volume-{number}", self._free_name(name), volume, files=files)
        grown = replace(self, loaded=(*self.loaded, new), made=number)
        return grown.showing((self.shown[0], new.key, *self.shown[2:]))

    def without(self, key: str) -> "Comparables":
        """Without a result or loaded volume; the newest result takes the place of a current one."""
        results = tuple(one for one in self.results if one.key != key)
        loaded = tuple(one for one in self.loaded if one.key != key)
        left = replace(self, results=results, loaded=loaded)
        if key == self.current:
            left = left.choosing(results[0].key if results else NO_RESULT)
        return left.showing(self.shown)

    def renamed(self, key: str, name: str) -> "Comparables":
        """With another name for a result or loaded volume."""
        return self._changed(key, name=name)

    def scored(self, key: str, scores: ScoredPair) -> "Comparables":
        """With the scores of a result."""
        return self._changed(key, scores=scores)

    def unscored(self) -> "Comparables":
        """Without any scores: what they were measured against has changed."""
        results = tuple(replace(one, scores=None) for one in self.results)
        return replace(self, results=results)

    def with_files(self, written: Mapping[Volume, HeldFile]) -> "Comparables":
        """With the files that hold its volumes, for those that are in ``written``."""

        def known(kept: Kept) -> Kept:
            new = {key: written[v] for key, v in kept.volumes.items() if v in written}
            return replace(kept, files={**kept.files, **new}) if new else kept

        return self._each(known)

    def with_held(self, key: str, files: Mapping[str, HeldFile]) -> "Comparables":
        """With the files that hold a result and its maps."""
        return self._changed(key, files=files)

    def held(self, volume: Volume) -> HeldFile | None:
        """The file that held ``volume``, where it belongs to a result or was loaded."""
        for kept in self.kept:
            for key, held in kept.files.items():
                if kept.volumes.get(key) is volume:
                    return held
        return None

    def choosing(self, key: str) -> "Comparables":
        """With another current result; cubic stays only if it lies on that one's grid."""
        chosen, cubic = self.find(key), self.cubic
        if chosen and cubic and not same_grid(cubic.geometry, chosen.volume.geometry):
            cubic = None
        return replace(self, current=key, cubic=cubic)

    def showing(self, keys: tuple[str, ...]) -> "Comparables":
        """With these shown, each once and at most four; what is missing is filled up.

        A current result that is not shown gives way to the first result that is: what is scored
        is what is looked at.
        """
        known = (ORIGINAL, CUBIC, REFERENCE, *(one.key for one in self.kept))
        wanted = tuple(key for key in dict.fromkeys(keys) if key in known)[:MOST_SHOWN]
        for filler in (self.current, ORIGINAL, CUBIC):
            if len(wanted) < FEWEST_SHOWN and filler not in wanted:
                wanted = (*wanted, filler)
        results = [key for key in wanted if key in {one.key for one in self.results}]
        shown = replace(self, shown=wanted)
        if results and self.current not in results:
            return shown.choosing(results[0])
        return shown

    def _is_result(self, key: str) -> bool:
        return key == NO_RESULT or key in {one.key for one in self.results}

    def _changed(self, key: str, **fields: object) -> "Comparables":
        def change(kept: Kept) -> Kept:
            return replace(kept, **fields) if kept.key == key else kept  # type: ignore[arg-type]

        return self._each(change)

    def _each(self, change: Callable[[Kept], Kept]) -> "Comparables":
        return replace(
            self, results=tuple(map(change, self.results)), loaded=tuple(map(change, self.loaded))
        )

    def _free_name(self, name: str) -> str:
        taken, number, free = {one.name for one in self.kept}, 2, name
        while free in taken:
            free, number = f"{name} ({number})", number + 1
        return free


def result_name(made: Reconstruction) -> str:
    """What a result is called until the user names it: method or model, and factor."""
    by = made.model.name if made.model else made.request.method
    return f"{by} \u00d7{made.request.factor}"
