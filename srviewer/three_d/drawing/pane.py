"""One volume in VTK: as a surface, by volume rendering, and its cut."""

from math import ceil

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkLookupTable
from vtkmodules.vtkCommonDataModel import (
    vtkImageData,
    vtkPiecewiseFunction,
    vtkPlane,
    vtkPolyData,
)
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D
from vtkmodules.vtkImagingGeneral import vtkImageGaussianSmooth
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkColorTransferFunction,
    vtkImageSlice,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkVolume,
)
from vtkmodules.vtkRenderingImage import vtkImageResliceMapper
from vtkmodules.vtkRenderingVolume import vtkFixedPointVolumeRayCastMapper

from srviewer.three_d.camera import Camera, Matrix
from srviewer.three_d.drawn_volume import FULL, DrawnVolume
from srviewer.three_d.scene import Picture, Scene

FAST_VOXELS = 500_000  # of the surface while it is moved
BONE = (0.90, 0.86, 0.79)
SMOOTH_MM = 1.5  # standard deviation of the Gaussian filter before a smooth surface
DEEP_MM = 10_000.0


class Pane:
    """A volume and the renderer that draws it.

    Attributes:
        renderer: For a render window.
    """

    def __init__(self, drawn: DrawnVolume) -> None:
        self._drawn = drawn
        spacing = np.linalg.norm(drawn.affine[:3, :3], axis=0)
        self._fine = _image(drawn.values, spacing)
        self._smooth: vtkImageData | None = None
        coarse, every = _means(drawn.values)
        self._coarse = _image(coarse, spacing * every)
        self._coarse.SetOrigin(*(spacing * (1 - every) / 2))  # the border is one voxel there, too
        self._spacing = float(spacing.min())
        self._place = _matrix(drawn.affine / np.array((*spacing, 1.0)))
        self._surfaces: dict[tuple[float, bool, bool], vtkPolyData] = {}
        self.renderer = vtkRenderer()
        self.renderer.SetBackground(0, 0, 0)
        self._actor, self._volume, self._cut = vtkActor(), vtkVolume(), vtkImageSlice()
        self._plane = vtkPlane()
        self._make_surface()
        self._make_volume()
        self._make_cut()
        for prop in (self._actor, self._volume, self._cut):
            prop.SetUserMatrix(self._place)
            self.renderer.AddViewProp(prop)

    def show(self, picture: Picture, coarse: float) -> None:
        """Prepare the renderer for the next picture.

        Args:
            picture: What is to be drawn.
            coarse: Pixels along each side for which one ray stands while something is moved.
        """
        scene, moving = picture.scene, picture.moving
        self._look(picture.camera, picture.size)
        surface = scene.mode == "surface"
        self._actor.SetVisibility(surface)
        self._volume.SetVisibility(not surface)
        self._cut.SetVisibility(surface and scene.clip is not None)
        self._clip(scene)
        if surface:
            self._show_surface(scene, moving)
        else:
            self._show_volume(scene, coarse if moving else 1.0)

    def _stored(self, value: float) -> float:
        """A threshold as the image holds it; 0.5 at the least, so that the border is outside."""
        return min(max((value - self._drawn.low) / self._drawn.step, 0.5), FULL + 1.0)

    def _look(self, camera: Camera, size: tuple[int, int]) -> None:
        shown, centre, back = self.renderer.GetActiveCamera(), camera.centre_mm, camera.back
        shown.ParallelProjectionOn()
        shown.SetFocalPoint(*centre)
        shown.SetPosition(*(c + DEEP_MM * b for c, b in zip(centre, back, strict=True)))
        shown.SetViewUp(*camera.up)
        shown.SetParallelScale(camera.pixel_mm(*size) * size[1] / 2)
        near = camera.projected(self._drawn.corners_mm)[:, 2]
        shown.SetClippingRange(DEEP_MM - near.max() - 10, DEEP_MM - near.min() + 10)

    def _clip(self, scene: Scene) -> None:
        mappers = self._actor.GetMapper(), self._volume.GetMapper()
        for mapper in mappers:
            mapper.RemoveAllClippingPlanes()
        if scene.clip is not None:
            self._plane.SetOrigin(*scene.clip.point_mm)
            self._plane.SetNormal(*(-part for part in scene.clip.normal))
            for mapper in mappers:
                mapper.AddClippingPlane(self._plane)

    def _make_surface(self) -> None:
        mapper = vtkPolyDataMapper()
        mapper.ScalarVisibilityOff()
        self._actor.SetMapper(mapper)
        look = self._actor.GetProperty()
        look.SetColor(*BONE)
        look.SetAmbient(0.12)
        look.SetDiffuse(0.88)

    def _show_surface(self, scene: Scene, moving: bool) -> None:
        look = self._actor.GetProperty()
        if scene.smooth:
            look.SetInterpolationToGouraud()
        else:
            look.SetInterpolationToFlat()
        self._actor.GetMapper().SetInputData(self._surface(scene.threshold, scene.smooth, moving))
        if scene.clip is not None:
            low, high = ((grey - self._drawn.low) / self._drawn.step for grey in scene.grey)
            table = self._cut.GetProperty().GetLookupTable()
            shown = np.linspace(0, FULL, 256)
            grey = ((shown - low) / ((high - low) or 1.0)).clip(0, 1)
            for number, (value, shade) in enumerate(zip(shown, grey, strict=True)):
                seen = value >= self._stored(scene.threshold)
                table.SetTableValue(number, shade, shade, shade, float(seen))
            table.Modified()

    def _surface(self, threshold: float, smooth: bool, moving: bool) -> vtkPolyData:
        """The surface, which is kept until the threshold is another."""
        smooth = smooth and not moving
        key = (threshold, smooth, moving)
        if key not in self._surfaces:
            self._surfaces = {k: v for k, v in self._surfaces.items() if k[0] == threshold}
            edges = vtkFlyingEdges3D()
            edges.SetInputData(
                self._smoothed() if smooth else self._coarse if moving else self._fine
            )
            edges.SetValue(0, self._stored(threshold))
            edges.SetComputeNormals(smooth)
            edges.ComputeScalarsOff()
            edges.Update()
            self._surfaces[key] = edges.GetOutput()
        return self._surfaces[key]

    def _smoothed(self) -> vtkImageData:
        if self._smooth is None:
            # Without the border, or a volume of few slices would be smoothed into nothing.
            spacing, gaussian = self._fine.GetSpacing(), vtkImageGaussianSmooth()
            gaussian.SetInputData(_image(self._drawn.values[1:-1, 1:-1, 1:-1], spacing))
            gaussian.SetStandardDeviations(*(SMOOTH_MM / mm for mm in spacing))
            gaussian.Update()
            inner = gaussian.GetOutput()
            voxels = vtk_to_numpy(inner.GetPointData().GetScalars())
            self._smooth = _image(np.pad(voxels.reshape(inner.GetDimensions()[::-1]), 1), spacing)
        return self._smooth

    def _make_volume(self) -> None:
        # On a processor ten times as fast as vtkGPUVolumeRayCastMapper with OpenGL in software.
        mapper = vtkFixedPointVolumeRayCastMapper()
        mapper.SetInputData(self._fine)
        mapper.AutoAdjustSampleDistancesOff()
        mapper.LockSampleDistanceToInputSpacingOff()
        self._volume.SetMapper(mapper)
        look = self._volume.GetProperty()
        look.SetInterpolationTypeToLinear()
        look.ShadeOn()
        look.SetAmbient(0.5)
        look.SetDiffuse(0.7)
        look.SetSpecular(0.1)
        look.SetScalarOpacityUnitDistance(1.0)  # mm, for every volume

    def _show_volume(self, scene: Scene, coarse: float) -> None:
        opacity, colour = vtkPiecewiseFunction(), vtkColorTransferFunction()
        opacity.AddPoint(0, 0)
        for value, opaque, *rgb in scene.ramp:
            stored = (value - self._drawn.low) / self._drawn.step
            opacity.AddPoint(stored, opaque)
            colour.AddRGBPoint(stored, *rgb)
        self._volume.GetProperty().SetScalarOpacity(opacity)
        self._volume.GetProperty().SetColor(colour)
        mapper = self._volume.GetMapper()
        mapper.SetImageSampleDistance(coarse)
        mapper.SetSampleDistance(self._spacing * max(0.7, coarse / 2))

    def _make_cut(self) -> None:
        mapper = vtkImageResliceMapper()
        mapper.SetInputData(self._fine)
        mapper.SetSlicePlane(self._plane)
        mapper.SliceFacesCameraOff()
        mapper.SliceAtFocalPointOff()
        self._cut.SetMapper(mapper)
        table = vtkLookupTable()
        table.SetNumberOfTableValues(256)
        table.SetTableRange(0, FULL)
        table.Build()
        look = self._cut.GetProperty()
        look.SetLookupTable(table)
        look.UseLookupTableScalarRangeOn()
        look.SetInterpolationTypeToNearest()


def _means(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Blocks of voxels averaged: leaving voxels out would draw steps that no slice has.

    Returns:
        FAST_VOXELS at the most, with a border of 0, and (3,) voxels of a block along x, y and z.
    """
    inner = values[1:-1, 1:-1, 1:-1]
    share = ceil((inner.size / FAST_VOXELS) ** (1 / 3))
    while np.prod([size // min(share, size) for size in inner.shape]) > FAST_VOXELS:
        share += 1  # few slices cannot be joined so often
    z, y, x = every = np.array([min(share, size) for size in inner.shape])
    depth, height, width = np.array(inner.shape) // every
    whole = inner[: depth * z, : height * y, : width * x]
    blocks = whole.reshape(depth, z, height, y, width, x)
    means: np.ndarray = blocks.mean(axis=(1, 3, 5), dtype=np.float32).astype(np.uint16)
    return np.pad(means, 1), every[::-1]


def _image(values: np.ndarray, spacing: Matrix) -> vtkImageData:
    image = vtkImageData()
    image.SetDimensions(*reversed(values.shape))
    image.SetSpacing(*spacing)
    image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(values).ravel()))
    return image


def _matrix(values: Matrix) -> vtkMatrix4x4:
    matrix = vtkMatrix4x4()
    matrix.DeepCopy(values.ravel().tolist())
    return matrix
