"""Films that people really bring, and files that are made to harm: handled right, or refused with one sentence."""

import io
import struct
import wave
import zipfile
import zlib
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from vitascope.cli import main
from vitascope.media import ClipError, read_frames


def drawing(t=6, h=48, w=64, alpha=False):
    """A ramp that wanders right: red left, blue right; the lower half transparent where there is alpha."""
    y, x = np.mgrid[:h, :w]
    frames = np.stack([np.stack([255 - 4 * x % 256, 60 + (y + 8 * i) % 128, 4 * x % 256], -1) for i in range(t)]).astype(np.uint8)
    return np.concatenate([frames, np.where(y < h // 2, 255, 0).astype(np.uint8)[None, ..., None].repeat(t, 0)], -1) if alpha else frames


def encode(path, frames, codec="libx264", pix_fmt="yuv420p", fps=12, pts=None, rotation=0, container=None, **options):
    """A video as other people's programs write it; `pts` in 1/1000 s."""
    with av.open(str(path), "w", container_options=container or {}) as file:
        stream = file.add_stream(codec, rate=Fraction(fps), options=options)
        stream.width, stream.height, stream.pix_fmt = frames.shape[2], frames.shape[1], pix_fmt
        if pts is not None:
            stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
        if rotation:
            stream.set_display_rotation(rotation)
        for i, frame in enumerate(frames):
            picture = av.VideoFrame.from_ndarray(frame, format="rgba" if frame.shape[-1] == 4 else "rgb24")
            picture.pts, picture.time_base = (i, Fraction(1, fps)) if pts is None else (pts[i], Fraction(1, 1000))
            file.mux(stream.encode(picture))
        file.mux(stream.encode(None))
    return path


def refused(path, told, capsys, *more):
    """The reader says so, and so does the command line, with status 2, in one line, leaving nothing."""
    with pytest.raises(ClipError, match=told):
        read_frames(path)
    before = sorted(path.parent.iterdir())
    assert main(["upscale", str(path), "-o", str(path.parent / "out.mp4"), *more]) == 2
    err = capsys.readouterr().err
    assert err.startswith("vitascope: ") and len(err.splitlines()) == 1 and err.endswith(".\n") and "Traceback" not in err
    assert sorted(path.parent.iterdir()) == before


# --- what people bring


@pytest.mark.parametrize("count", [1, 2])
def test_films_of_one_and_two_frames(tmp_path, count):
    frames, fps = read_frames(encode(tmp_path / "a.mp4", drawing(count)))
    assert len(frames) == count and fps == 12


def test_odd_sizes_ten_bits_and_lossless_sixteen_bits(tmp_path):
    for name, codec, pix_fmt, frames in (("a.webm", "libvpx-vp9", "yuv420p", drawing(3, 47, 63)), ("b.mkv", "ffv1", "gbrp16le", drawing(3)),
                                         ("c.mov", "prores_ks", "yuv422p10le", drawing(3))):  # fmt: skip
        seen, _ = read_frames(encode(tmp_path / name, frames, codec, pix_fmt))
        assert seen.shape == frames.shape and np.abs(seen.astype(int) - frames).mean() < 12


@pytest.mark.parametrize("name, codec, pix_fmt", [("a.webm", "libvpx-vp9", "yuva420p"), ("b.mov", "prores_ks", "yuva444p10le"), ("c.webp", "", "")])
def test_transparency_is_laid_on_white(tmp_path, name, codec, pix_fmt):
    frames = drawing(3, alpha=True)
    if codec:
        encode(tmp_path / name, frames, codec, pix_fmt)
    else:
        first, *rest = map(Image.fromarray, frames)
        first.save(tmp_path / name, save_all=True, append_images=rest, duration=100, lossless=True)
    seen, _ = read_frames(tmp_path / name)
    assert seen[:, 30:].min() > 240 and np.abs(seen[:, 4:20].astype(int) - frames[:, 4:20, :, :3]).mean() < 12


def test_turned_films_stand_upright(tmp_path):
    seen, _ = read_frames(encode(tmp_path / "a.mp4", drawing(2), rotation=90))
    assert seen.shape == (2, 64, 48, 3)


def test_a_variable_rate_becomes_a_constant_one_even_over_a_long_rest(tmp_path):
    frames, fps = read_frames(encode(tmp_path / "a.mp4", drawing(6), pts=[0, 100, 200, 900, 1000, 1100]))
    assert fps == 10 and 12 <= len(frames) <= 18 and (frames[3] == frames[8]).all()
    frames, fps = read_frames(encode(tmp_path / "b.mkv", drawing(3), pts=[0, 40, 20_000]))
    assert fps == 25 and 500 <= len(frames) <= 502


def test_eight_thousand_pixels_wide(tmp_path):
    big = np.zeros((4320, 7680, 3), np.uint8)
    cv2.circle(big, (3840, 2160), 900, (30, 80, 200), -1)
    cv2.imwrite(str(tmp_path / "a.jpg"), big)
    encode(tmp_path / "a.mp4", big[None, ..., ::-1], "mpeg4")
    del big
    for name in ("a.jpg", "a.mp4"):
        frames, _ = read_frames(tmp_path / name)
        assert frames.shape == (1, 4320, 7680, 3) and frames[0, 2160, 3840, 0] > 150


# --- what is broken or made to harm


def test_a_film_without_pictures(tmp_path, capsys):
    with av.open(str(tmp_path / "a.mp4"), "w") as file:
        stream = file.add_stream("aac", rate=44100)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), format="fltp", layout="mono")
        sound.sample_rate = 44100
        file.mux(stream.encode(sound))
        file.mux(stream.encode(None))
    refused(tmp_path / "a.mp4", "has no video in it", capsys)
    with wave.open(str(tmp_path / "b.mp4"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16_000))
    refused(tmp_path / "b.mp4", "is no MP4", capsys)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.6])
def test_a_film_cut_off(tmp_path, capsys, share):
    for name, container in (("a.mp4", {}), ("b.mp4", {"movflags": "+faststart"})):
        data = encode(tmp_path / name, drawing(30), container=container, crf="1").read_bytes()
        (tmp_path / name).write_bytes(data[: round(share * len(data))])
        refused(tmp_path / name, "damaged|breaks off|is empty", capsys)


def png_of(side: int) -> bytes:
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = zlib.compress(bytes(4 * (side // 8 + 1)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", side, side, 1, 0, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def webp_of(side: int) -> bytes:
    inner = io.BytesIO()
    Image.new("RGB", (8, 8)).save(inner, "WEBP")
    body = b"VP8X" + struct.pack("<I", 10) + bytes([16, 0, 0, 0]) + 2 * (side - 1).to_bytes(3, "little") + inner.getvalue()[12:]
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def gif_of(side: int) -> bytes:
    inner = io.BytesIO()
    Image.new("P", (8, 8)).save(inner, "GIF")
    return inner.getvalue()[:6] + struct.pack("<HH", side, side) + inner.getvalue()[10:]


@pytest.mark.parametrize("make", [png_of, webp_of, gif_of])
def test_a_small_picture_that_unpacks_to_gigabytes(tmp_path, capsys, make):
    (tmp_path / "a.mp4").write_bytes(make(60_000))
    assert (tmp_path / "a.mp4").stat().st_size < 20_000
    refused(tmp_path / "a.mp4", "more pixels than", capsys)


def test_boxes_that_promise_the_moon(tmp_path, capsys):
    data = encode(tmp_path / "ok.mp4", drawing(12)).read_bytes()
    for box, at, value in ((b"stsz", 12, b"\x7f\xff\xff\xff"), (b"stts", 8, b"\x0f\xff\xff\xff" * 2)):
        bad = bytearray(data)
        place = data.find(box) + at
        bad[place : place + len(value)] = value
        (tmp_path / "a.mp4").write_bytes(bad)
        refused(tmp_path / "a.mp4", "damaged", capsys)
    bad = bytearray(data)
    place = data.find(b"avc1") + 28
    bad[place : place + 4] = struct.pack(">2H", 60_000, 60_000)  # the codec's own size is what counts
    (tmp_path / "a.mp4").write_bytes(bad)
    assert read_frames(tmp_path / "a.mp4")[0].shape == (12, 48, 64, 3)


def test_a_film_stretched_to_a_kilometre(tmp_path):
    """Pixels seven times as wide as high: the widened frame is what is counted."""
    with av.open(str(tmp_path / "a.mkv"), "w") as file:
        stream = file.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(7, 1)
        file.mux(stream.encode(av.VideoFrame.from_ndarray(drawing(1)[0], format="rgb24")))
        file.mux(stream.encode(None))
    assert read_frames(tmp_path / "a.mkv")[0].shape == (1, 48, 448, 3)
    with pytest.raises(ClipError, match="448x48"):
        read_frames(tmp_path / "a.mkv", max_pixels=10_000)


def test_other_things_called_films(tmp_path, capsys):
    encode(tmp_path / "neighbour.mp4", drawing(2))
    (tmp_path / "a.mp4").write_text("ffconcat version 1.0\nfile neighbour.mp4\n")
    refused(tmp_path / "a.mp4", "is no MP4", capsys)
    with zipfile.ZipFile(tmp_path / "b.mp4", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", bytes(10_000_000))
    refused(tmp_path / "b.mp4", "is no MP4", capsys)
    (tmp_path / "c.png").write_text('<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>')
    refused(tmp_path / "c.png", "is no MP4", capsys)
    (tmp_path / "folder.mp4").mkdir()
    refused(tmp_path / "folder.mp4", "is not a file", capsys)
    refused(tmp_path / "missing.mp4", "no such file", capsys)
