"""The report of a result with its self-test."""

from dataclasses import replace

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.job import Job, within
from srviewer.sr.report.page import Page
from srviewer.sr.report.report import reconstruction_report
from srviewer.sr.results.doubts import Doubts
from srviewer.sr.results.reconstruction import Reconstruction
from srviewer.sr.scores.evaluate import ScoredPair
from srviewer.sr.trust.self_test import SelfTest, self_test


def trust_report(
    scan: Volume,
    result: Reconstruction,
    scores: ScoredPair | None = None,
    reference: Volume | None = None,
    tested: SelfTest | None = None,
    doubts: Doubts | None = None,
) -> Job[Page]:
    """The report of a result with its self-test, which is done first where it is missing.

    Args:
        scan: The scan.
        result: The result.
        scores: Scores of the result against ``reference``; None without a reference.
        reference: The reference.
        tested: The self-test; None to do it.
        doubts: Where to look in the result; None to find it.

    Returns:
        A job whose result is the page. Where the scan cannot be tested, a warning on the page says
        why.
    """
    untested: tuple[str, ...] = ()
    if tested is None:
        try:
            tested = yield from within(self_test(scan, result.request), 0.0, 0.7)
        except UserError as error:
            untested = (f"Not tested on this scan: {error}",)
    drawn = reconstruction_report(scan, result, scores, reference, tested, doubts)
    page = yield from within(drawn, 0.7, 1.0)
    return replace(page, warnings=(*page.warnings, *untested))
