"""2D images of every format, and files that are none."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srviewer.errors import UserError
from srviewer.io import images
from srviewer.io.images import image_files, read_image


def pixels(rows: int = 21, columns: int = 34) -> np.ndarray:
    """(rows, columns, 3) of 8 bits, different along every axis."""
    row, column, channel = np.mgrid[:rows, :columns, :3]
    return ((row * 7 + column * 3 + channel * 60) % 256).astype(np.uint8)


LOSSLESS = {
    "a.png": {},
    "a.webp": {"lossless": True},
    "a.bmp": {},
    "a.tif": {},
    "b.tiff": {"compression": "tiff_lzw"},
    "c.TIFF": {"compression": "tiff_deflate"},
}


@pytest.mark.parametrize(("name", "options"), LOSSLESS.items(), ids=LOSSLESS)
def test_lossless_formats_come_back_exactly(
    name: str, options: dict[str, object], tmp_path: Path
) -> None:
    Image.fromarray(pixels()).save(tmp_path / name, **options)
    image = read_image(tmp_path / name)
    assert image.shape == (21, 34, 3) and image.dtype == np.float32
    assert np.array_equal(image, pixels().astype(np.float32) / np.float32(255))


def test_jpeg_comes_back_nearly(tmp_path: Path) -> None:
    smooth = np.linspace(0, 255, 32 * 40 * 3).reshape(32, 40, 3).astype(np.uint8)
    Image.fromarray(smooth).save(tmp_path / "a.jpg", quality=95)
    assert np.abs(read_image(tmp_path / "a.jpg") - smooth / 255).max() < 0.05


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1"])
def test_other_modes_become_rgb(mode: str, tmp_path: Path) -> None:
    original = Image.fromarray(pixels()).convert(mode)
    original.save(tmp_path / "a.png")
    expected = np.asarray(original.convert("RGB"), np.float32) / np.float32(255)
    assert np.array_equal(read_image(tmp_path / "a.png"), expected)


def test_sixteen_bits_keep_their_depth(tmp_path: Path) -> None:
    grey = np.linspace(0, 65535, 30 * 40).reshape(30, 40).astype(np.uint16)
    for name in ("a.png", "a.tif"):
        Image.fromarray(grey).save(tmp_path / name)
        image = read_image(tmp_path / name)
        np.testing.assert_allclose(image, np.repeat(grey[..., None], 3, 2) / 65535, atol=1e-6)


def test_floating_point_grey_has_no_range(tmp_path: Path) -> None:
    Image.fromarray(np.full((8, 9), 700, np.float32)).save(tmp_path / "a.tif")
    with pytest.raises(UserError, match="range is not known"):
        read_image(tmp_path / "a.tif")


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.bmp"])
def test_half_a_file_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    noise = np.random.default_rng(0).integers(0, 256, (60, 70, 3)).astype(np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UserError, match=name):
        read_image(path)


@pytest.mark.parametrize("content", [b"", b"no image", b"%PDF-1.7 something", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_image_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"a\.png"):
        read_image(path)


def test_a_format_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    Image.fromarray(pixels()).save(tmp_path / "a.png", format="GIF")
    with pytest.raises(UserError, match="not an image that can be read"):
        read_image(tmp_path / "a.png")


def bomb(width: int, height: int) -> bytes:
    """The header of a bitmap that claims this size."""
    header = b"BM" + (54).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
    size = width.to_bytes(4, "little") + height.to_bytes(4, "little")
    return header + (40).to_bytes(4, "little") + size + b"\1\0\x18\0" + bytes(24)


@pytest.mark.parametrize("side", [9_600, 60_000])
def test_a_small_file_that_claims_to_be_huge_is_refused(side: int, tmp_path: Path) -> None:
    """Pillow warns above its limit and refuses above twice that; both are refused here."""
    (tmp_path / "a.bmp").write_bytes(bomb(side, side))
    with pytest.raises(UserError, match="million pixels"):
        read_image(tmp_path / "a.bmp")


def test_the_limit_holds_where_warnings_are_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.fromarray(pixels()).save(tmp_path / "a.png")
    monkeypatch.setattr(images, "MOST_PIXELS", 21 * 34 - 1)
    with pytest.raises(UserError, match="million pixels"):
        read_image(tmp_path / "a.png")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No such file"):
        read_image(tmp_path / "a.png")


def test_the_images_of_a_folder(tmp_path: Path) -> None:
    for name in ("b.PNG", "a.webp", "c.jpeg", "notes.txt", "._a.png"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    assert [path.name for path in image_files(tmp_path)] == ["a.webp", "b.PNG", "c.jpeg"]


def test_a_folder_without_images_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no image"):
        image_files(tmp_path)
    with pytest.raises(UserError, match="not a folder"):
        image_files(tmp_path / "nowhere")
