"""Clips read and written through real files that the tests make themselves."""

import os
import resource
import struct
import subprocess
import sys
import textwrap
import zlib
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vitascope.clip import Clip, ClipError, format_size, parse_size
from vitascope.media import VideoWriter


def drawing(t=12, h=48, w=64, seed=0):
    """A smooth picture (t h w 3) whose top is red, whose bottom is blue, and through which a white bar moves right."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:h, :w]
    base = np.stack([220 - 160 * y / h, 90 + 60 * np.sin(x / 9 + rng.uniform(0, 6)), 40 + 180 * y / h], -1)
    frames = np.repeat(base[None], t, 0)
    for i in range(t):
        frames[i, h // 3 : h // 2, 3 * i % w : 3 * i % w + 6] = 245
    return frames.astype(np.uint8)


def psnr(a, b):
    return 10 * np.log10(255**2 / max(np.mean((a.astype(float) - b) ** 2), 1e-6))


def encode(path, frames, codec="libx264", pix_fmt="yuv420p", fps=12, options=None, pts=None, rotation=0):
    """A video as other people's programs write it; `pts` in 1/1000 s gives it a variable rate."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            codec, rate=Fraction(fps).limit_denominator(1001), options=options or {"crf": "10"}
        )
        stream.width, stream.height, stream.pix_fmt = frames.shape[2], frames.shape[1], pix_fmt
        if pts is not None:
            stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
        if rotation:
            stream.set_display_rotation(rotation)
        for index, frame in enumerate(frames):
            picture = av.VideoFrame.from_ndarray(frame, format="rgba" if frame.shape[-1] == 4 else "rgb24")
            picture.pts = index if pts is None else pts[index]
            picture.time_base = stream.codec_context.time_base if pts is not None else Fraction(1, 1) / Fraction(fps)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


# --- what a clip is


@pytest.mark.parametrize(
    "frames, fps, word",
    [
        (np.zeros((2, 8, 8, 3)), 8, "uint8"),
        ([[0]], 8, "uint8"),
        (np.zeros((8, 8, 3), np.uint8), 8, "shape"),
        (np.zeros((2, 8, 8, 4), np.uint8), 8, "shape"),
        (np.zeros((0, 8, 8, 3), np.uint8), 8, "at least one frame"),
        (np.zeros((2, 0, 8, 3), np.uint8), 8, "at least one frame"),
        (np.zeros((2, 8, 8, 3), np.uint8), 0, "fps"),
        (np.zeros((2, 8, 8, 3), np.uint8), float("nan"), "fps"),
        (np.zeros((2, 8, 8, 3), np.uint8), 1000, "fps"),
        (np.zeros((2, 8, 8, 3), np.uint8), "8", "fps"),
    ],
)
def test_a_clip_refuses_what_is_no_film(frames, fps, word):
    with pytest.raises(ClipError, match=word) as error:
        Clip(frames, fps)
    assert "\n" not in str(error.value)


def test_size_and_seconds():
    clip = Clip(drawing(12, 48, 64), 8)
    assert clip.size == (64, 48) and clip.seconds == 1.5 and len(clip) == 12


def test_cut_and_join_give_the_clip_back_exactly():
    clip = Clip(drawing(16), 8)
    again = clip.cut(0, 0.5).join(clip.cut(0.5, 1.25), clip.cut(1.25))
    assert np.array_equal(again.frames, clip.frames) and again.fps == clip.fps
    with pytest.raises(ClipError, match="Nothing is left"):
        clip.cut(1, 1)
    with pytest.raises(ClipError, match="Nothing is left"):
        clip.cut(5, 9)
    with pytest.raises(ClipError, match="one size"):
        clip.join(clip.resize(32, 32))


def test_resize_stretches_and_cover_does_not():
    clip = Clip(drawing(2, 40, 80))
    assert clip.resize(20, 30).size == (20, 30) and clip.resize(80, 40) is clip
    y, x = np.mgrid[:40, :80]
    disc = np.where((y - 20) ** 2 + (x - 40) ** 2 < 15**2, 255, 0).astype(np.uint8)
    covered = Clip(np.repeat(disc[None, ..., None], 3, -1)).cover(60, 60).frames[0, ..., 0] > 127
    assert abs(int(covered.any(0).sum()) - int(covered.any(1).sum())) <= 1
    with pytest.raises(ClipError):
        clip.resize(0, 10)


@given(st.integers(16, 4096), st.integers(16, 4096))
def test_sizes_go_to_text_and_back(w, h):
    assert parse_size(format_size((w, h))) == (w, h)


@given(st.text(max_size=30))
def test_any_other_text_is_refused_in_one_sentence(text):
    try:
        w, h = parse_size(text)
        assert 16 <= w <= 4096 and 16 <= h <= 4096
    except ValueError as error:
        assert str(error).startswith("The size ")


@pytest.mark.parametrize(
    "text", ["", "512", "512x", "x320", "512x320x3", "-512x320", "5e2x320", "0x0", "99999x320", "15x64"]
)
def test_bad_sizes(text):
    with pytest.raises(ValueError, match="size"):
        parse_size(text)


# --- round trips


@pytest.mark.parametrize("h, w", [(48, 64), (47, 63), (1, 1), (2, 129)])
@pytest.mark.parametrize("fps", [8, 24, 30000 / 1001])
def test_mp4_round_trip(tmp_path, h, w, fps):
    clip = Clip(drawing(10, h, w), fps)
    path = clip.write(tmp_path / "a.mp4")
    back = Clip.read(path)
    assert len(back) == 10 and back.fps == pytest.approx(fps, rel=1e-4)
    assert back.size == (w + w % 2, h + h % 2)
    if h > 2:
        assert psnr(clip.frames, back.frames[:, :h, :w]) > 35


def test_mp4_is_what_players_want(tmp_path):
    path = Clip(drawing(), 24).write(tmp_path / "a.mp4")
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat"), "the index must come first, to play while it loads"
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
        assert (context.colorspace, context.color_range) == (1, 1)


def test_same_frames_same_bytes(tmp_path):
    clip = Clip(drawing(20), 24)
    for suffix in ".mp4", ".webp", ".gif":
        assert clip.write(tmp_path / f"a{suffix}").read_bytes() == clip.write(tmp_path / f"b{suffix}").read_bytes()


def test_moving_pictures(tmp_path):
    clip = Clip(drawing(9), 10)
    for suffix, floor in (".webp", 33), (".gif", 25):
        back = Clip.read(clip.write(tmp_path / f"a{suffix}"))
        assert len(back) == 9 and back.fps == pytest.approx(10) and psnr(clip.frames, back.frames) > floor


def test_still_pictures(tmp_path):
    clip = Clip(drawing(1, 47, 63))
    assert np.array_equal(Clip.read(clip.write(tmp_path / "a.png")).frames, clip.frames)
    for suffix in ".jpg", ".webp":
        assert psnr(Clip.read(clip.write(tmp_path / f"a{suffix}")).frames, clip.frames) > 33
    Image.fromarray(clip.frames[0]).save(tmp_path / "a.avif", quality=90)
    assert psnr(Clip.read(tmp_path / "a.avif").frames, clip.frames) > 33
    with pytest.raises(ClipError, match="one frame"):
        Clip(drawing(2)).write(tmp_path / "b.png")


def test_frames_of_the_wrong_kind_never_reach_the_encoder(tmp_path):
    with pytest.raises(ClipError, match="must be uint8"):
        with VideoWriter(tmp_path / "a.mp4", (64, 48), 8) as writer:
            writer.append(np.zeros((48, 64, 3)))
    with pytest.raises(ClipError, match="no frame"):
        with VideoWriter(tmp_path / "a.mp4", (64, 48), 8):
            pass
    assert os.listdir(tmp_path) == []


# --- what cameras, phones and editors make


@pytest.mark.parametrize("rotation", [90, -90, 180])
def test_rotation_is_applied(tmp_path, rotation):
    frames = drawing(4)
    back = Clip.read(encode(tmp_path / "a.mp4", frames, rotation=rotation))
    # set_display_rotation counts counter-clockwise, as np.rot90 does
    assert psnr(np.rot90(frames, rotation // 90, axes=(1, 2)), back.frames) > 33


def test_mirroring_is_applied(tmp_path):
    frames = drawing(4)
    path = encode(tmp_path / "a.mp4", frames)
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 4 + 20 + 16
    data[matrix : matrix + 36] = struct.pack(">9i", -(1 << 16), 0, 0, 0, 1 << 16, 0, 64 << 16, 0, 1 << 30)
    path.write_bytes(data)
    assert psnr(frames[:, :, ::-1], Clip.read(path).frames) > 33


def test_pictures_turn_as_their_exif_says(tmp_path):
    frame = drawing(1)[0]
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(frame).save(tmp_path / "a.jpg", quality=98, exif=exif)
    assert psnr(np.rot90(frame, -1), Clip.read(tmp_path / "a.jpg").frames[0]) > 33


@pytest.mark.parametrize(
    "name, codec, pix_fmt, options",
    [
        ("a.mp4", "libx264", "yuv420p10le", {"crf": "8"}),
        ("a.mkv", "ffv1", "yuv444p16le", {}),
        ("a.mov", "prores_ks", "yuv422p10le", {}),
        ("a.webm", "libvpx-vp9", "yuv420p", {"crf": "8", "b": "0"}),
        ("a.avi", "mpeg4", "yuv420p", {"qscale": "2", "flags": "+qscale", "global_quality": "236"}),
        ("a.ts", "libx264", "yuv420p", {"crf": "8"}),
        ("a.mp4", "libx264", "yuv444p", {"crf": "8"}),
    ],
)
def test_formats_and_depths(tmp_path, name, codec, pix_fmt, options):
    frames = drawing(6)
    back = Clip.read(encode(tmp_path / name, frames, codec, pix_fmt, options=options))
    assert len(back) == 6 and back.fps == pytest.approx(12, rel=1e-3)
    assert psnr(frames, back.frames) > 30


def test_odd_sizes_are_read(tmp_path):
    frames = drawing(4, 47, 63)
    back = Clip.read(encode(tmp_path / "a.mkv", frames, "ffv1", "yuv444p", options={}))
    assert back.size == (63, 47) and psnr(frames, back.frames) > 35


def test_transparency_is_laid_on_white(tmp_path):
    frames = drawing(3)
    alpha = np.full((*frames.shape[:3], 1), 255, np.uint8)
    alpha[:, :, 32:] = 0
    rgba = np.concatenate([frames, alpha], -1)
    encode(tmp_path / "a.mkv", rgba, "ffv1", "bgra", options={})
    Image.fromarray(rgba[0]).save(tmp_path / "a.png")
    for name in "a.mkv", "a.png":
        back = Clip.read(tmp_path / name).frames
        assert (back[:, :, 32:] == 255).all() and np.abs(back[0, :, :32].astype(int) - frames[0, :, :32]).max() <= 1


def test_sixteen_bits_of_grey(tmp_path):
    grey = (np.arange(64, dtype=np.uint16) * 1024)[None].repeat(8, 0)
    Image.fromarray(grey).save(tmp_path / "a.png")
    assert np.array_equal(Clip.read(tmp_path / "a.png").frames[0, ..., 0], (grey >> 8).astype(np.uint8))


def test_variable_rate_becomes_constant(tmp_path):
    frames = drawing(10)
    pts = [0, 100, 200, 300, 400, 1000, 1100, 1200, 1300, 1400]  # half a second's pause after the fifth
    back = Clip.read(encode(tmp_path / "a.mkv", frames, pts=pts))
    assert back.fps == pytest.approx(10) and len(back) in (14, 15, 16)
    for shown, frame in (0, 0), (4, 4), (7, 4), (9, 4), (10, 5), (14, 9):
        assert psnr(back.frames[shown], frames[frame]) > 30, shown


def test_jitter_is_not_taken_for_a_variable_rate(tmp_path):
    pts = [round(i * 1000 / 24) + (i * 7919) % 11 - 5 if i else 0 for i in range(20)]
    assert len(Clip.read(encode(tmp_path / "a.mkv", drawing(20), fps=24, pts=pts))) == 20


def test_wide_pixels_become_square(tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=8)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(drawing(1)[0], format="rgb24")))
        container.mux(stream.encode(None))
    assert Clip.read(path).size == (85, 48)


def test_max_seconds(tmp_path):
    path = Clip(drawing(20), 10).write(tmp_path / "a.mp4")
    assert len(Clip.read(path, max_seconds=0.7)) == 7
    assert len(Clip.read(path, max_seconds=99)) == 20


# --- files made to harm, and broken ones


def refused(path, word, **options):
    with pytest.raises(ClipError, match=word) as error:
        Clip.read(path, **options)
    assert str(error.value).endswith(".") and "\n" not in str(error.value)


def test_a_playlist_dressed_up_as_mp4_opens_no_neighbour(tmp_path):
    encode(tmp_path / "secret.mp4", drawing(4))
    for text in (
        "ffconcat version 1.0\nfile secret.mp4\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nsecret.mp4\n#EXT-X-ENDLIST\n",
        '<?xml version="1.0"?><MPD><BaseURL>secret.mp4</BaseURL></MPD>',
    ):
        path = tmp_path / "upload.mp4"
        path.write_text(text)
        refused(path, "is no MP4")
        # the same behind a first box that looks right: the named demuxer must not hand over to another
        path.write_bytes(b"\x00\x00\x00\x10ftypisom\x00\x00\x02\x00" + text.encode())
        refused(path, "damaged|no video")


def bomb(side):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compressobj(9)
    data = b"".join(rows.compress(bytes(1 + side * 3)) for _ in range(8)) + rows.flush()
    head = struct.pack(">2I5B", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [12_000, 60_000])
def test_a_picture_that_unpacks_to_gigabytes(tmp_path, side):
    (tmp_path / "a.png").write_bytes(bomb(side))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(tmp_path / "a.png", "pixels")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


def test_pixels_are_counted_in_videos_too(tmp_path):
    path = encode(tmp_path / "a.mp4", drawing(2))
    refused(path, "64x48", max_pixels=1000)
    assert len(Clip.read(path, max_pixels=64 * 48)) == 2


def test_broken_files(tmp_path):
    data = encode(tmp_path / "a.mp4", drawing(30), options={"crf": "1"}).read_bytes()  # the index at the end
    (tmp_path / "half.mp4").write_bytes(data[: len(data) // 2])
    refused(tmp_path / "half.mp4", "damaged")
    data = Clip(drawing(30), 24).write(tmp_path / "b.mp4", crf=1).read_bytes()  # the index in front
    (tmp_path / "half.mp4").write_bytes(data[: len(data) // 2])
    refused(tmp_path / "half.mp4", "damaged|breaks off")
    (tmp_path / "empty.mp4").touch()
    refused(tmp_path / "empty.mp4", "empty")
    png = Clip(drawing(1)).write(tmp_path / "a.png").read_bytes()
    (tmp_path / "half.png").write_bytes(png[: len(png) // 2])
    refused(tmp_path / "half.png", "damaged")
    refused(tmp_path / "missing.mp4", "no such file")
    data = (tmp_path / "b.mp4").read_bytes()
    (tmp_path / "codec.mp4").write_bytes(data.replace(b"avc1", b"zzz9"))
    refused(tmp_path / "codec.mp4", "cannot be decoded")
    refused(tmp_path, "not a file")
    with av.open(str(tmp_path / "sound.mp4"), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 44100), np.float32), format="fltp", layout="mono")
        frame.rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    refused(tmp_path / "sound.mp4", "no video")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_flipped_bytes_end_in_a_clip_or_one_sentence(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp()
    suffix = data.draw(st.sampled_from([".mp4", ".png", ".webp", ".gif"]))
    path = folder / f"good{suffix}"
    if not path.exists():
        Clip(drawing(1 if suffix == ".png" else 4), 8).write(path)
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    (folder / f"bad{suffix}").write_bytes(raw)
    try:
        assert len(Clip.read(folder / f"bad{suffix}", max_pixels=1_000_000)) >= 1
    except ClipError as error:
        assert "\n" not in str(error)


# --- all or nothing


@pytest.mark.parametrize(
    "name, word", [("no/such/a.mp4", "no folder"), ("a.xyz", "end in"), ("a", "end in"), ("folder.mp4", "is a folder")]
)
def test_paths_that_cannot_be_written(tmp_path, name, word):
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(ClipError, match=word):
        Clip(drawing(2)).write(tmp_path / name)
    assert os.listdir(tmp_path) == ["folder.mp4"] and not os.listdir(tmp_path / "folder.mp4")


def test_an_exception_halfway_leaves_the_old_file_alone(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"the film of yesterday")
    with pytest.raises(KeyboardInterrupt):
        with VideoWriter(path, (64, 48), 8) as writer:
            writer.append(drawing(1)[0])
            raise KeyboardInterrupt
    assert os.listdir(tmp_path) == ["a.mp4"] and path.read_bytes() == b"the film of yesterday"


@pytest.mark.parametrize("limit", [0, 1000, 20_000, 60_000])
@pytest.mark.parametrize("suffix", [".mp4", ".webp"])
def test_a_disk_that_fills_up(tmp_path, limit, suffix):
    """The system refuses to let the file grow past `limit` bytes, which fails the same calls as a full disk."""
    code = f"""
        import resource, signal, sys
        import numpy as np
        from vitascope.clip import Clip, ClipError
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        noise = np.random.default_rng(0).integers(0, 255, (24, 96, 128, 3), np.uint8)
        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
        try:
            Clip(noise).write("a{suffix}")
        except ClipError as error:
            sys.exit(f"told: {{error}}")
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 1 and "told: Cannot write a" in run.stderr and "Traceback" not in run.stderr, run.stderr
    assert os.listdir(tmp_path) == []


def test_files_have_the_usual_permissions(tmp_path):
    plain = tmp_path / "plain"
    plain.touch()
    path = Clip(drawing(2)).write(tmp_path / "a.mp4")
    assert path.stat().st_mode == plain.stat().st_mode
