"""The tables of label names, and label maps that hold names."""

from pathlib import Path

import nibabel as nib
import numpy as np

from srviewer.core.regions.labels import Label, LabelName, named
from srviewer.errors import UserError
from srviewer.io.labels.colour_tables import read_label_table
from srviewer.io.labels.label_names import names_with
from tests.fuzz.kinds import json_of_other_kinds
from tests.fuzz.mutate import mutated
from tests.fuzz.seeds import Target

LABELS = tuple(Label(value, "", (value, 0, 0), 1, (0, 0, 0)) for value in range(1, 5))
TABLES = {
    "a.txt": b'1 255 0 10 1 1 1 "left lobe"\n2 0 0 9 1 1 1 "right"\n',
    "b.lut": b"1 Left-Hippocampus 220 216 20 0\n2 Right 1 2 3 0\n",
    "c.tsv": b"index\tname\tcolor\n1\tGrey\t#ff53bb\n2\tCSF\n",
}
CARET = b'<Label Key="1" Red="1" Green="0.5" Blue="0"><![CDATA[a]]></Label><Label Key="2">b</Label>'
AFNI = b"<VALUE_LABEL_DTABLE>&quot;1&quot; &quot;Amygdala&quot;</VALUE_LABEL_DTABLE></AFNI_atr>"


def label_targets() -> tuple[Target, ...]:
    """All of them, made anew."""
    object_of_names = {"d.json": b'{"labels": {"1": "liver", "2": "x"}, "LabelMap": {"lung": 3}}'}
    maps = {"e.nii": _label_map(30, CARET), "f.nii": _label_map(4, AFNI)}
    return (
        Target("label table", TABLES, {}, mutated, _read_table),
        Target("label table kinds", object_of_names, {}, json_of_other_kinds, _read_table),
        Target("label map", maps, {}, mutated, _read_names),
    )


def _label_map(code: int, text: bytes) -> bytes:
    image = nib.Nifti1Image(np.zeros((2, 2, 2), np.uint8), np.eye(4))
    image.header.extensions.append(nib.nifti1.Nifti1Extension(code, text))
    return bytes(image.to_bytes())


def _read_table(path: Path) -> None:
    _use(read_label_table(path))


def _read_names(path: Path) -> None:
    names = names_with(path)
    if not names:
        raise UserError("it has no names")
    _use(names)


def _use(names: tuple[LabelName, ...]) -> None:
    for label in named(LABELS, names):
        assert label.name.encode("utf-8") is not None
        assert all(0 <= channel <= 255 for channel in label.colour)
