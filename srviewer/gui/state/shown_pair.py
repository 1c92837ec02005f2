"""The two studies that are shown beside each other: what is known of both, and their names."""

from itertools import takewhile
from weakref import ReferenceType, ref

from srviewer.core.volumes.volume import Volume
from srviewer.gui.state.shown_study import ShownStudy
from srviewer.gui.texts.study_names import distinct_names
from srviewer.study.two_studies import TwoStudies, two_studies

LEAST_COMMON, KEPT = 6, 3  # characters at the beginning of both names; of them, those kept


class ShownPair:
    """The current study and its second one, compared once for each pair of scans."""

    def __init__(self, study: ShownStudy) -> None:
        self._study = study
        self._scans: tuple[ReferenceType[Volume], ...] = ()
        self._two: TwoStudies | None = None
        self._names: tuple[str, str] = ("", "")

    @property
    def two(self) -> TwoStudies | None:
        """What is known of both studies; None while there is no second one."""
        self._compare()
        return self._two

    @property
    def names(self) -> tuple[str, str]:
        """The name of each study, which differ; "" for a study that is not there."""
        self._compare()
        return self._names

    @property
    def brief_names(self) -> tuple[str, str]:
        """The names from where they differ on, which can be distinguished in a narrow pane."""
        first, second = self.names
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
        common = len(list(alike))
        if common <= LEAST_COMMON:
            return first, second
        return f"\u2026{first[common - KEPT :]}", f"\u2026{second[common - KEPT :]}"

    def _compare(self) -> None:
        second = self._study.second
        shown = self._study.state, *([] if second is None else [second.state])
        states = [state for state in shown if state.scan is not None]
        scans = tuple(ref(state.scan) for state in states if state.scan is not None)
        if scans == self._scans:
            return
        self._scans = scans
        names = [*distinct_names(states), "", ""]
        self._names = names[0], names[1]
        self._two = two_studies(*states) if len(states) == 2 else None
