"""The results of a scan, the volumes that are compared with it, and the choice of those shown."""

from dataclasses import dataclass, replace

from srviewer.core.resampling.reorient import same_grid
from srviewer.core.volumes.volume import Volume
from srviewer.sr.results.doubts import Doubts
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.sr.stacks.result import Result, stored_maps
from srviewer.study.state.result_names import result_name

ORIGINAL, CUBIC, REFERENCE = "original", "cubic", "reference"
NO_RESULT = "result"  # the key that stands in for a result while there is none
LONGEST_NAME = 1000  # characters
MOST_RESULTS = 8  # float32 volumes are large: the oldest one gives way
FEWEST_SHOWN, MOST_SHOWN = 2, 4


@dataclass(frozen=True, eq=False)
class ComparedVolume:
    """A result, or a volume that was loaded to be compared.

    Attributes:
        key: an identifier that stays when it is renamed.
        name: the user's name for it.
        volume: the volume of the result, or the loaded one.
        made: what is known of a result; None for a loaded volume.
        scores: of the result and of cubic interpolation against the reference; None without.
        doubts: the smoothed disagreement and the regions most likely wrong; None until computed.

    """

    key: str
    name: str
    volume: Volume
    made: Result | None = None
    scores: ScoredPair | None = None
    doubts: Doubts | None = None

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """Its volume, and the maps of a result."""
        return (self.volume, *(() if self.made is None else stored_maps(self.made).values()))


@dataclass(frozen=True, eq=False)
class ComparedVolumes:
    """The results and loaded volumes of the open scan, and the choice of those shown.

    Attributes:
        results: Newest first, ``MOST_RESULTS`` at most.
        current: The key of the result that is scored, plotted and exported.
        loaded: Newest last.
        cubic: The scan by cubic interpolation on the grid of the current result; None until it is
            computed.
        shown: Two to four keys; the first two are A and B.
        made: The number of all results and loaded volumes so far, which makes keys unique.
    """

    results: tuple[ComparedVolume, ...] = ()
    current: str = NO_RESULT
    loaded: tuple[ComparedVolume, ...] = ()
    cubic: Volume | None = None
    shown: tuple[str, ...] = (ORIGINAL, NO_RESULT)
    made: int = 0

    @property
    def kept(self) -> tuple[ComparedVolume, ...]:
        """Results and loaded volumes."""
        return self.results + self.loaded

    def find(self, key: str) -> ComparedVolume | None:
        """Find a result or loaded volume.

        Args:
            key: Its key.

        Returns:
            The entry; None where there is none.
        """
        return next((entry for entry in self.kept if entry.key == key), None)

    @property
    def result(self) -> ComparedVolume | None:
        """The current result."""
        return self.find(self.current)

    def with_result(self, result: Result) -> "ComparedVolumes":
        """Add a result, make it the current one and show it instead of the first result shown.

        Args:
            result: The result.

        Returns:
            With the result; the oldest of more than ``MOST_RESULTS`` is dropped.
        """
        number = self.made + 1
        name = self._free_name(result_name(result))
        new = ComparedVolume(f"result-{number}", name, result.volume, result)
        grown = replace(self, results=(new, *self.results)[:MOST_RESULTS], made=number)
        place = next((key for key in self.shown if self._is_result(key)), None)
        shown = (*self.shown[:1], new.key, *self.shown[2:])
        if place is not None:
            shown = tuple(new.key if key == place else key for key in self.shown)
        return grown.choosing(new.key).showing(shown)

    def with_loaded(self, volume: Volume, name: str) -> "ComparedVolumes":
        """Add a loaded volume and show it as B.

        Args:
            volume: The volume.
            name: For it; a number makes it unique.

        Returns:
            With the volume.
        """
        number = self.made + 1
        new = ComparedVolume(f"volume-{number}", self._free_name(name), volume)
        grown = replace(self, loaded=(*self.loaded, new), made=number)
        return grown.showing((self.shown[0], new.key, *self.shown[2:]))

    def without(self, key: str) -> "ComparedVolumes":
        """Remove a result or loaded volume.

        Args:
            key: Its key.

        Returns:
            Without it; the newest result becomes the current one where that was removed.
        """
        results = tuple(entry for entry in self.results if entry.key != key)
        loaded = tuple(entry for entry in self.loaded if entry.key != key)
        remaining = replace(self, results=results, loaded=loaded)
        if key == self.current:
            remaining = remaining.choosing(results[0].key if results else NO_RESULT)
        return remaining.showing(self.shown)

    def renamed(self, key: str, name: str) -> "ComparedVolumes":
        """Rename a result or loaded volume.

        Args:
            key: Its key.
            name: The new name; its first LONGEST_NAME characters are kept.

        Returns:
            With the name.
        """
        return self._changed(key, name=name[:LONGEST_NAME])

    def scored(self, key: str, scores: ScoredPair) -> "ComparedVolumes":
        """Set the scores of a result.

        Args:
            key: Of the result.
            scores: Of the result and of cubic interpolation against the present reference.

        Returns:
            With the scores.
        """
        return self._changed(key, scores=scores)

    def doubted(self, key: str, doubts: Doubts) -> "ComparedVolumes":
        """Set where to look in a result.

        Args:
            key: Of the result.
            doubts: Its smoothed disagreement and its regions most likely wrong.

        Returns:
            With it.
        """
        return self._changed(key, doubts=doubts)

    def unscored(self) -> "ComparedVolumes":
        """Without any scores, which are of an earlier reference."""
        results = tuple(replace(result, scores=None) for result in self.results)
        return replace(self, results=results)

    def choosing(self, key: str) -> "ComparedVolumes":
        """Make another result the current one.

        Args:
            key: Of the result.

        Returns:
            With this result; without cubic interpolation where that has another grid.
        """
        chosen, cubic = self.find(key), self.cubic
        if chosen and cubic and not same_grid(cubic.geometry, chosen.volume.geometry):
            cubic = None
        return replace(self, current=key, cubic=cubic)

    def showing(self, keys: tuple[str, ...]) -> "ComparedVolumes":
        """Choose the volumes that are shown.

        A current result that is not shown gives way to the first result that is, so that the
        scores are those of a volume on the screen.

        Args:
            keys: A and B first; unknown and repeated keys are ignored.

        Returns:
            With two to four of them; too few are filled up by the current result, the scan and
            cubic interpolation.
        """
        known = (ORIGINAL, CUBIC, REFERENCE, *(entry.key for entry in self.kept))
        wanted = tuple(key for key in dict.fromkeys(keys) if key in known)[:MOST_SHOWN]
        for filler in (self.current, ORIGINAL, CUBIC):
            if len(wanted) < FEWEST_SHOWN and filler not in wanted:
                wanted = (*wanted, filler)
        results = [key for key in wanted if key in {result.key for result in self.results}]
        shown = replace(self, shown=wanted)
        if results and self.current not in results:
            return shown.choosing(results[0])
        return shown

    def _is_result(self, key: str) -> bool:
        return key == NO_RESULT or key in {result.key for result in self.results}

    def _changed(self, key: str, **fields: object) -> "ComparedVolumes":
        def change(kept: ComparedVolume) -> ComparedVolume:
            return replace(kept, **fields) if kept.key == key else kept  # type: ignore[arg-type]

        return replace(
            self, results=tuple(map(change, self.results)), loaded=tuple(map(change, self.loaded))
        )

    def _free_name(self, name: str) -> str:
        taken, number, free = {entry.name for entry in self.kept}, 2, name
        while free in taken:
            free, number = f"{name} ({number})", number + 1
        return free
