"""What can be put beside each other: the scan, its results, the reference, loaded volumes."""

from dataclasses import dataclass, replace

from srviewer.core.reorient import same_grid
from srviewer.core.volume import Volume
from srviewer.gui.translation import mark, tr
from srviewer.sr.evaluate import ScoredPair
from srviewer.sr.reconstruction import Reconstruction

ORIGINAL, CUBIC, REFERENCE = "original", "cubic", "reference"
NO_RESULT = "result"  # the key that stands in for a result while there is none
MOST_RESULTS = 8  # float32 volumes are large: the oldest one gives way
PRESS_RECONSTRUCT = mark("No result yet.\nPress Reconstruct to rebuild the scan with thin slices.")
INTERPOLATING = mark("Cubic interpolation is on its way.")
FEWEST_SHOWN, MOST_SHOWN = 2, 4


@dataclass(frozen=True, eq=False)
class Kept:
    """A volume that was made here or loaded to be compared.

    ``key`` stays when it is renamed. ``made``: how, None for a loaded volume. ``scores``: its own
    beside cubic's, None while it has none.
    """

    key: str
    name: str
    volume: Volume
    made: Reconstruction | None = None
    scores: ScoredPair | None = None


@dataclass(frozen=True, eq=False)
class Comparable:
    """One entry of the lists from which the user picks, and what its panes need.

    ``volume``: None for what can be had but is not there yet; ``hint`` says how to get it.
    ``made``: how, for a result.
    """

    key: str
    name: str
    volume: Volume | None
    scores: ScoredPair | None = None
    hint: str = ""
    made: Reconstruction | None = None


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

    def with_loaded(self, volume: Volume, name: str) -> "Comparables":
        """A loaded volume, shown as B."""
        number = self.made + 1
        new = Kept(f"volume-{number}", self._free_name(name), volume)
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

    def offered(self, original: Volume | None, reference: Volume | None) -> tuple[Comparable, ...]:
        """Everything that can be compared, in the order of the lists."""
        results, loaded = (
            [Comparable(one.key, one.name, one.volume, one.scores, made=one.made) for one in kept]
            for kept in (self.results, self.loaded)
        )
        listed = [
            Comparable(ORIGINAL, tr("original"), original),
            Comparable(CUBIC, tr("cubic"), self.cubic, self._cubic_scores(), tr(INTERPOLATING)),
            *(results or [Comparable(NO_RESULT, tr("result"), None, hint=tr(PRESS_RECONSTRUCT))]),
        ]
        if reference is not None:
            listed.append(Comparable(REFERENCE, tr("reference"), reference))
        return (*listed, *loaded)

    def _cubic_scores(self) -> ScoredPair | None:
        """Those that stand beside the current result's."""
        return self.result.scores if self.result else None

    def _is_result(self, key: str) -> bool:
        return key == NO_RESULT or key in {one.key for one in self.results}

    def _changed(self, key: str, **fields: object) -> "Comparables":
        def change(kept: tuple[Kept, ...]) -> tuple[Kept, ...]:
            return tuple(
                replace(one, **fields) if one.key == key else one  # type: ignore[arg-type]
                for one in kept
            )

        return replace(self, results=change(self.results), loaded=change(self.loaded))

    def _free_name(self, name: str) -> str:
        taken, number, free = {one.name for one in self.kept}, 2, name
        while free in taken:
            free, number = f"{name} ({number})", number + 1
        return free


def result_name(made: Reconstruction) -> str:
    """What a result is called until the user names it: method or model, and factor."""
    by = made.model.name if made.model else made.request.method
    return f"{by} \u00d7{made.request.factor}"
