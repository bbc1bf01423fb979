"""Clip art: SVG drawings of the Open Clip Art Library brought to one size, with the artist that each file names.

Half of these files have no usable viewBox, so what is drawn is looked for on a large canvas first and framed after.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
from PIL import Image

_ROOT = re.compile(r"<((?:\w+:)?svg)(?=[\s>])[^>]*>", re.DOTALL)
_FRAME = re.compile(r"\s(?:viewBox|width|height|preserveAspectRatio)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_CREATOR = re.compile(r"<dc:creator\b.*?</dc:creator>", re.DOTALL)
_LICENCE = re.compile(r"<cc:license\b[^>]*rdf:resource=\"([^\"]*)\"")
LEAST, SPAN, STEP = -2000, 6000, 20  # the canvas on which a drawing is looked for, in user units, and a search pixel's size


def drawings_folder(folder: Path) -> Path:
    """The folder of drawings in an unpacked package; raises ValueError where there is none."""
    for below in (".", "svg", "usr/share/openclipart/svg"):
        if (folder / below / "animals").is_dir():
            return folder / below
    raise ValueError(f"{folder} holds no drawings; unpack the package openclipart-svg there.")


def framed(svg: str, x: float, y: float, width: float, height: float) -> str:
    """The same drawing seen through another window."""
    root = _ROOT.search(svg)
    if root is None:
        raise ValueError("This file has no <svg> element; leave it out of the list of drawings.")
    tag = _FRAME.sub("", root.group(0))
    name = root.group(1)  # some files write every tag with its namespace
    window = f'<{name} viewBox="{x:g} {y:g} {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return svg[: root.start()] + tag.replace(f"<{name}", window, 1) + svg[root.end() :]


def draw(svg: str, side: int) -> Image.Image:
    """RGBA picture of what a drawing shows, its longer side about `side` pixels; raises ValueError if nothing shows."""
    far = np.asarray(_raster(framed(svg, LEAST, LEAST, SPAN, SPAN), SPAN // STEP))[..., 3]
    ys, xs = np.nonzero(far)
    if not len(xs):
        raise ValueError("This drawing shows nothing; leave it out of the list of drawings.")
    x, y = LEAST + STEP * (int(xs.min()) - 1), LEAST + STEP * (int(ys.min()) - 1)
    width, height = STEP * (int(np.ptp(xs)) + 3), STEP * (int(np.ptp(ys)) + 3)
    return _raster(framed(svg, x, y, width, height), round(side * min(1.0, width / height)))


def tinted(picture: Image.Image, colours: list[str]) -> Image.Image:
    """A silhouette coloured from back to legs by three colours, top to bottom."""
    stops = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours], np.float32)
    pixels = np.array(picture)
    rows = np.linspace(0, 1, pixels.shape[0])
    for channel in range(3):
        pixels[..., channel] = np.interp(rows, (0.15, 0.6, 1.0), stops[:, channel]).round()[:, None]
    return Image.fromarray(pixels)


def artist(svg: str) -> str:
    """Who drew it, as the file itself says."""
    creator = _CREATOR.search(svg)
    name = re.sub(r"<[^>]*>|\s+", " ", creator.group(0)).strip() if creator else ""
    return re.sub(r"\s+", " ", name) or "an artist of the Open Clip Art Library"


def require_public_domain(svg: str, name: str):
    """Raise ValueError where the file itself names another licence than the public domain."""
    for licence in _LICENCE.findall(svg):
        if licence and "publicdomain" not in licence.lower():
            raise ValueError(f"{name} is under {licence}; take it off the list of drawings.")


def _raster(svg: str, width: int) -> Image.Image:
    import resvg_py

    return Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=max(1, width))))).convert("RGBA")
