"""Results written into a BIDS data set, below derivatives/srviewer."""

from collections.abc import Mapping
from pathlib import Path

from srviewer.core.volumes.volume import Volume
from srviewer.errors import UserError
from srviewer.io.bids.derivative import (
    DataSetLink,
    check_generator,
    data_set_links,
    describe,
    sidecar_fields,
)
from srviewer.io.bids.names import BidsName
from srviewer.io.export.image import DataType, write_image
from srviewer.job import Job
from srviewer.unwritable import check_target, make_folder

PIPELINE = Path("derivatives", "srviewer")


def derivative_path(root: Path, name: BidsName) -> Path:
    """The path of a scan's result in a data set.

    Args:
        root: The data set.
        name: The name of the scan.

    Returns:
        A path below derivatives/srviewer that ends with .nii.gz.
    """
    derived_name = name.derived()
    return root / PIPELINE / derived_name.folder / f"{derived_name.stem}.nii.gz"


def check_data_set(root: Path) -> None:
    """Check that a data set can take results.

    Args:
        root: The data set.

    Raises:
        UserError: The folder does not exist, or another program's data lie in derivatives/srviewer.
    """
    if not root.is_dir():
        raise UserError(f"The data set '{root}' does not exist. Create its folder first.")
    check_generator(root / PIPELINE)


def check_derivative(root: Path, name: BidsName) -> None:
    """Check that a result can be written to a data set; nothing is created yet.

    Args:
        root: The data set.
        name: The name of the scan.

    Raises:
        UserError: As in ``check_data_set``, or the file cannot be written.
    """
    check_data_set(root)
    target = derivative_path(root, name)
    if target.parent.exists():
        check_target(target)


def write_derivative(
    volume: Volume,
    root: Path,
    name: BidsName,
    source: Path,
    provenance: Mapping[str, object],
    scan: Volume | None = None,
    overwrite: bool = False,
) -> Job[tuple[Path, str]]:
    """Write a result into a data set.

    The image and its sidecar are written both or neither, then the description of the derivatives
    where there is none.

    Args:
        volume: The result.
        root: The data set.
        name: The name of the scan.
        source: The file that was opened as the scan.
        provenance: The source, request and model of the result.
        scan: The scan of which ``volume`` is a result; None where it is not at hand.
        overwrite: Replace also the result of another scan.

    Returns:
        The path of the image, and a sentence for the user; "" for none.

    Raises:
        UserError: As in ``check_derivative`` and ``srviewer.io.export.image.write_image``.
    """
    root = root.absolute()
    check_derivative(root, name)
    target = derivative_path(root, name)
    make_folder(target.parent)
    links = data_set_links(root / PIPELINE, (root,))
    remark = yield from write_described(
        volume, target, links[0], source, provenance, scan, overwrite=overwrite
    )
    describe(root / PIPELINE, links)
    return target, remark


def write_described(
    volume: Volume,
    target: Path,
    link: DataSetLink,
    source: Path,
    provenance: Mapping[str, object],
    scan: Volume | None = None,
    stored_as: DataType = "float32",
    overwrite: bool = False,
) -> Job[str]:
    """Write a result with the sidecar of a BIDS derivative.

    Args:
        volume: The result.
        target: The path of the image.
        link: The data set of the scan.
        source: The file that was opened as the scan.
        provenance: The source, request and model of the result.
        scan: The scan of which ``volume`` is a result; None where it is not at hand.
        stored_as: As in ``srviewer.io.export.image.write_image``.
        overwrite: Replace also the result of another scan.

    Returns:
        A sentence for the user on the sidecar; "" for none.
    """
    fields, remark = sidecar_fields(volume, scan, source, link, provenance)
    yield from write_image(volume, target, provenance, stored_as, fields, overwrite)
    return remark
