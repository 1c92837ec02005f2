"""Values that an option cannot have: status 2, and a message with the expected values."""

import pytest

from srviewer.__main__ import main

RECONSTRUCT = ("reconstruct", "scan.nii", "-o", "thin.nii")
SCREENSHOT = ("screenshot", "scan.nii", "-o", "scan.png")
TRAIN = ("train", "scan.nii", "-o", "mine.safetensors")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*RECONSTRUCT, "--also", "x:2"), "'x:2' is not an axis and a factor, such as j:2"),
        ((*RECONSTRUCT, "--also", "j"), "'j' is not an axis and a factor, such as j:2"),
        ((*RECONSTRUCT, "--lock-shape", "round"), "'round' is not a shape, such as ellipse:axial:"),
        ((*RECONSTRUCT, "--adapt", "nan"), "'nan' is not a number"),
        ((*RECONSTRUCT, "--adapt", "inf"), "'inf' is not a number"),
        ((*RECONSTRUCT, "--thickness", "thin"), "'thin' is not a number"),
        ((*TRAIN, "--minutes", "inf"), "'inf' is not a number"),
        ((*TRAIN, "--factors", "2,x"), "'2,x' is not a list of whole numbers, such as 2,4"),
        (("evaluate", "scan.nii", "--axes", "x"), "'x' is not a list of array axes, such as i,k"),
        ((*SCREENSHOT, "--at", "1,2"), "'1,2' is not a point in mm, such as -3,12,0.5"),
        ((*SCREENSHOT, "--at", "1,2,nan"), "'1,2,nan' is not a point in mm"),
        ((*SCREENSHOT, "--window", "9,1"), "'9,1' is not two numbers, the smaller first"),
        ((*SCREENSHOT, "--size", "100"), "'100' is not a width and a height, such as 1320x900"),
        ((*SCREENSHOT, "--range", "inf"), "'inf' is not a number"),
        ((*SCREENSHOT, "--colours", "mauve"), "invalid choice: 'mauve'"),
    ],
    ids=lambda value: " ".join(value[-2:]) if isinstance(value, tuple) else "",
)
def test_wrong_usage_says_what_was_expected(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert message in capsys.readouterr().err.splitlines()[-1]
