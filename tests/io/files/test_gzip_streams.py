"""Gzip through ISA-L and through zlib: each reads the other's, and refuses the same files."""

import gzip
import subprocess
import sys
import zlib
from pathlib import Path
from random import Random

import nibabel as nib
import numpy as np
import pytest

from srviewer.io.files.gzip_streams import (
    GZIP,
    LIBRARY,
    RAW,
    UNPACKING_ERRORS,
    ZLIB,
    GzipLibrary,
)
from tests.fuzz.mutate import mutated_gzip

BOTH = (LIBRARY, ZLIB)
WITHOUT = """
import sys
from pathlib import Path
sys.modules["isal"] = None
from srviewer.io.export.image import write_image
from srviewer.io.files.gzip_streams import LIBRARY
from srviewer.io.formats import read
from srviewer.job import run
assert LIBRARY.name == "zlib"
source, target = map(Path, sys.argv[1:])
run(write_image(run(read(source)), target, {}))
"""


def unpacked(library: GzipLibrary, packed: bytes, most: int, wbits: int = GZIP) -> bytes | str:
    """The content and what follows it; "refused" where it is damaged or cut short."""
    stream, rest = library.unpacker(wbits), packed
    content = b""
    try:
        while rest and not stream.eof:
            piece = stream.decompress(rest, most)
            assert len(piece) <= most
            content += piece
            rest = stream.unconsumed_tail
        content += stream.flush()
    except UNPACKING_ERRORS:
        return "refused"
    return content + b"|" + stream.unused_data if stream.eof else "refused"


def test_both_libraries_find_the_same_in_damaged_streams() -> None:
    assert LIBRARY is not ZLIB  # a developer's machine has both
    outcomes = set()
    for seed in range(1500):
        random = Random(seed)
        content = bytes(random.choices(range(random.choice([2, 20, 256])), k=900))
        packed = mutated_gzip(content, random)
        if len(packed) > 3 and packed[3] & 0xE0:
            continue  # flags of the header that no program sets: ISA-L does not look at them
        ours, theirs = (unpacked(library, packed, random.choice([50, 5000])) for library in BOTH)
        assert ours == theirs, seed
        outcomes.add(ours if isinstance(ours, str) else "whole")
    assert outcomes == {"whole", "refused"}


@pytest.mark.parametrize("library", BOTH, ids=lambda library: library.name)
def test_what_is_packed_holds_no_time_and_every_library_reads_it(
    library: GzipLibrary, tmp_path: Path
) -> None:
    content = np.random.default_rng(1).integers(0, 60, 300_000, np.uint8).tobytes()
    path = tmp_path / "packed.gz"
    with path.open("wb") as plain, library.packer(plain) as file:
        file.write(content[:7])
        file.write(content[7:])
    packed = path.read_bytes()
    assert packed[3:8] == bytes(5)  # no name, no time
    assert gzip.decompress(packed) == content
    raw = packed[10:-8]
    for reader in BOTH:
        assert unpacked(reader, packed, 1 << 20) == content + b"|"
        assert unpacked(reader, raw, 1 << 20, RAW) == content + b"|"
    assert library.crc32(content[7:], library.crc32(content[:7], 0)) == zlib.crc32(content)


def test_where_isal_is_missing_zlib_reads_and_writes(tmp_path: Path) -> None:
    voxels = np.random.default_rng(2).integers(0, 900, (9, 8, 7), np.int16)
    source, target = tmp_path / "scan.nii.gz", tmp_path / "copy.nii.gz"
    nib.save(nib.Nifti1Image(voxels, np.diag([1, 1, 4, 1.0])), source)
    subprocess.run([sys.executable, "-c", WITHOUT, source, target], check=True, timeout=120)
    assert np.array_equal(np.asanyarray(nib.load(target).dataobj), voxels)
