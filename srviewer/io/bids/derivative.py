"""A data set of results, described by the rules of BIDS: its files, and the sidecar of an image."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from srviewer import RESEARCH_USE_ONLY, __version__
from srviewer.atomic import write_text
from srviewer.core.geometry.grid import AXIS_NAMES
from srviewer.core.volumes.skull_stripping import SkullStripping, estimated_stripping
from srviewer.core.volumes.source_files import path_without_dots
from srviewer.core.volumes.volume import ScanHeader, Volume
from srviewer.documents import is_text, read_document
from srviewer.errors import UserError
from srviewer.io.bids.anat_suffixes import BIDS_VERSION
from srviewer.io.bids.raw_metadata import raw_metadata

DESCRIPTION = "dataset_description.json"
LINK = "raw"
LONGEST = 1000  # characters of a name or licence of the data set
READMES = ("README", "README.md", "README.rst", "README.txt")
README = f"""# srviewer: thick slices reconstructed thin

These images were estimated by srviewer {__version__} from scans with thick slices. The slices
between the measured ones are estimates. {RESEARCH_USE_ONLY}

The JSON file beside each image names its sources ("Sources") and says how it was made
("provenance"): the model with its SHA-256, the factor, the axis, and how far the result agrees with
the scan. Files that are named in .bidsignore are those of the program: logs, records, and the
summary of all results as a page.
"""


@dataclass(frozen=True)
class DataSetLink:
    """A data set of scans, as the data set of their results links to it.

    Attributes:
        root: Its folder.
        name: The name in "DatasetLinks", which is in each BIDS URI.
    """

    root: Path
    name: str = LINK

    def uri(self, source: Path) -> str:
        """The BIDS URI of a file.

        Args:
            source: The file.

        Returns:
            Such as "bids:raw:sub-01/anat/sub-01_T1w.nii.gz"; the name of a file elsewhere alone,
            since where that lies is no one else's business.
        """
        # By its name in the data set, also where that is a link that leads out of it (DataLad).
        named = path_without_dots(source), path_without_dots(self.root)
        for file, root in (named, (source.parent.resolve() / source.name, self.root.resolve())):
            if file.is_relative_to(root):
                return f"bids:{self.name}:{quote(file.relative_to(root).as_posix())}"
        return source.name


def sidecar_fields(
    volume: ScanHeader,
    scan: Volume | None,
    source: Path,
    link: DataSetLink,
    provenance: Mapping[str, object],
) -> tuple[dict[str, object], str]:
    """Build the fields of BIDS in the sidecar of a result.

    Args:
        volume: The result.
        scan: The scan; None where it is not at hand.
        source: The file that was opened as the scan.
        link: The data set of the scan.
        provenance: The source, request and model of the result.

    Returns:
        The fields, and a sentence for the user; "" where all of them are certain.
    """
    stacks = volume.source.paths if "stacks" in provenance and volume.source else ()
    origin = None if scan is None else scan.origin
    metadata = _common([raw_metadata(path, link.root, origin) for path in stacks or (source,)])
    stripping = _stripping(metadata.pop("SkullStripped", None), scan)
    spacing = " x ".join(f"{mm:.4g}" for mm in volume.geometry.spacing)
    way = (
        "joined from several stacks"
        if stacks
        else f"refined along {provenance.get('axis', AXIS_NAMES[2])}"
    )
    fields = {
        "Description": f"Thin slices estimated from thick ones. {RESEARCH_USE_ONLY}",
        "Resolution": f"{spacing} mm, {way}",
        "Sources": [link.uri(path) for path in stacks or (source,)],
        "SpatialReference": link.uri(source),
        "SkullStripped": stripping.stripped,
        "SkullStrippedBasis": stripping.basis,
        **metadata,
        "GeneratedBy": [_generator()],
    }
    doubt = f"SkullStripped is {json.dumps(stripping.stripped)} in the JSON. {stripping.basis}"
    return fields, "" if stripping.certain else doubt


def describe(folder: Path, links: Sequence[DataSetLink], ignored: Sequence[str] = ()) -> None:
    """Write what a data set of results needs: its description, README and .bidsignore.

    A description that exists gets the links that it lacks, and .bidsignore the patterns; where the
    description is not srviewer's, nothing is written.

    Args:
        folder: The folder of the results.
        links: The data sets of their scans.
        ignored: Patterns of what lies there beside the results, for .bidsignore.
    """
    path = folder / DESCRIPTION
    if not path.exists():
        _write_json(path, _description(folder, links))
    elif not _is_ours(_content(path)):
        return
    elif missing := [link for link in links if link.name not in _known_links(folder)]:
        _write_json(path, _linked(folder, missing))
    if not any((folder / name).exists() for name in READMES):
        write_text(folder / READMES[0], README)
    _ignore(folder / ".bidsignore", ignored)


def data_set_links(folder: Path, roots: Sequence[Path]) -> tuple[DataSetLink, ...]:
    """Name the data sets of scans as the description of their results does, or will.

    Args:
        folder: The folder of the results.
        roots: The data sets.

    Returns:
        A link for each.
    """
    known = _known_links(folder)
    links = []
    for root in roots:
        address = _address(folder, root)
        name = next((name for name, stated in known.items() if stated == address), "")
        numbered = (f"{LINK}{number}" for number in range(2, len(known) + 3))
        name = name or next(free for free in (LINK, *numbered) if free not in known)
        known[name] = address
        links.append(DataSetLink(root, name))
    return tuple(links)


def check_generator(folder: Path) -> None:
    """Check that no data of other software lie in a folder of derivatives.

    Args:
        folder: The folder, which need not exist.

    Raises:
        UserError: They do.
    """
    path = folder / DESCRIPTION
    if path.exists() and not _is_ours(_content(path)):
        raise UserError(
            f"'{path}' was not written by srviewer, so nothing is written beside it. Move that "
            "folder away, or choose another data set."
        )


def _stripping(stated: object, scan: Volume | None) -> SkullStripping:
    if isinstance(stated, bool):
        return SkullStripping(stated, "By the sidecar of the scan.", certain=True)
    if scan is None:
        return SkullStripping(
            False, "Not certain: neither scan nor sidecar says it.", certain=False
        )
    return estimated_stripping(scan)


def _common(metadata: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The fields that are the same for all."""
    first, *others = metadata
    return {k: v for k, v in first.items() if all(other.get(k) == v for other in others)}


def _description(folder: Path, links: Sequence[DataSetLink]) -> dict[str, object]:
    raw = [_content(link.root / DESCRIPTION) for link in links]
    authors = dict.fromkeys(name for content in raw for name in _texts(content.get("Authors")))
    licences = {str(content.get("License")) for content in raw}
    stated = len(licences) == 1 and is_text(raw[0].get("License"), LONGEST)
    return {
        "Name": "srviewer: thick slices reconstructed thin",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "derivative",
        **({"License": raw[0]["License"]} if stated else {}),
        **({"Authors": list(authors)} if authors else {}),
        "GeneratedBy": [_generator()],
        "SourceDatasets": [
            _source_data_set(link, content) for link, content in zip(links, raw, strict=True)
        ],
        "DatasetLinks": {link.name: _address(folder, link.root) for link in links},
    }


def _source_data_set(link: DataSetLink, content: Mapping[str, Any]) -> dict[str, str]:
    doi = content.get("DatasetDOI")
    known = {"DOI": str(doi)} if doi and is_text(doi, LONGEST) else {}
    return {"URL": f"bids:{link.name}:", **known}


def _linked(folder: Path, missing: Sequence[DataSetLink]) -> dict[str, object]:
    """The description that exists with links that it lacks."""
    content = _content(folder / DESCRIPTION)
    sources = content.get("SourceDatasets")
    added = [_source_data_set(link, _content(link.root / DESCRIPTION)) for link in missing]
    addresses = {link.name: _address(folder, link.root) for link in missing}
    return {
        **content,
        "SourceDatasets": [*(sources if isinstance(sources, list) else []), *added],
        "DatasetLinks": {**_known_links(folder), **addresses},
    }


def _ignore(path: Path, patterns: Sequence[str]) -> None:
    """Add the patterns that a .bidsignore lacks."""
    try:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        text = ""
    missing = [pattern for pattern in patterns if pattern not in text.splitlines()]
    if missing:
        start = text if text.endswith("\n") or not text else f"{text}\n"
        write_text(path, start + "".join(f"{pattern}\n" for pattern in missing))


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _known_links(folder: Path) -> dict[str, str]:
    links = _content(folder / DESCRIPTION).get("DatasetLinks")
    return {str(k): str(v) for k, v in links.items()} if isinstance(links, dict) else {}


def _content(path: Path) -> dict[str, Any]:
    """The content of a dataset_description.json; empty where it cannot be read."""
    try:
        content = read_document(path)
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _is_ours(content: Mapping[str, Any]) -> bool:
    makers = content.get("GeneratedBy")
    return isinstance(makers, list) and any(
        isinstance(maker, dict) and maker.get("Name") == "srviewer" for maker in makers
    )


def _texts(value: object) -> list[str]:
    return [text for text in value if is_text(text, LONGEST)] if isinstance(value, list) else []


def _address(folder: Path, root: Path) -> str:
    """The address of a data set from the folder of its derivatives."""
    try:
        relative = os.path.relpath(root.resolve(), folder.resolve())
    except ValueError:  # on another drive of Windows
        return root.resolve().as_uri()
    return quote(os.fsencode(relative.replace(os.sep, "/")))


def _generator() -> dict[str, str]:
    return {"Name": "srviewer", "Version": __version__, "Description": RESEARCH_USE_ONLY}
