"""The parts of reading and writing files below a clip: what bytes say they are, files that appear whole or not at all."""

import io
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from vitascope.media import ClipError, VideoWriter, read_frames, sniff, whole_file, write_picture


def head_of(kind: str, codec: str) -> bytes:
    """The first bytes of a real file of two frames that PyAV makes."""
    file = io.BytesIO()
    with av.open(file, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(2):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()[:400]


@pytest.mark.parametrize("kind, codec, demuxer", [
    ("mp4", "libx264", "mp4"), ("mov", "libx264", "mp4"), ("matroska", "libx264", "matroska"), ("webm", "libvpx-vp9", "matroska"),
    ("avi", "mpeg4", "avi"), ("mpegts", "libx264", "mpegts"), ("mpeg", "mpeg1video", "mpeg"),
])  # fmt: skip
def test_videos_are_known_by_their_bytes(kind, codec, demuxer):
    assert sniff(head_of(kind, codec)) == ("video", demuxer)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_pictures_are_known_by_their_bytes(kind):
    file = io.BytesIO()
    Image.new("RGB", (16, 16)).save(file, kind)
    assert sniff(file.getvalue()[:400]) == ("picture", kind)


@given(st.text(max_size=400))
def test_no_text_is_a_film(text):
    for start in ("ffconcat version 1.0\nfile neighbour.mp4\n", "#EXTM3U\n", "<MPD>", "x"):
        assert sniff((start + text).encode(errors="ignore")[:400]) is None


def test_the_bytes_count_and_not_the_name(tmp_path):
    Image.new("RGB", (20, 12), "red").save(tmp_path / "a.mp4", "PNG")
    frames, _ = read_frames(tmp_path / "a.mp4")
    assert frames.shape == (1, 12, 20, 3) and (frames[0, 0, 0] == (255, 0, 0)).all()
    (tmp_path / "b.mp4").write_text("ffconcat version 1.0\nfile a.mp4\n")
    with pytest.raises(ClipError, match=r"b\.mp4 is no .* file\.$"):
        read_frames(tmp_path / "b.mp4")


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a.txt"
    with whole_file(path) as part:
        part.write_text("new")
        assert not path.exists()
    assert path.read_text() == "new"
    with pytest.raises(KeyboardInterrupt), whole_file(path) as part:
        part.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "new" and [p.name for p in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("path", ["missing/a.mp4", "."])
def test_where_nothing_can_be_written(tmp_path, path):
    with pytest.raises(ClipError, match="Cannot write"), whole_file(tmp_path / path):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong, word", [(dict(path="a.avi"), r"\.mp4"), (dict(crf=52), "crf"), (dict(crf=-1), "crf"),
                                         (dict(fps=0), "fps"), (dict(fps=float("nan")), "fps"), (dict(fps=241), "fps")])  # fmt: skip
def test_a_writer_says_what_is_wrong_before_it_writes(tmp_path, wrong, word):
    asked = dict(path="a.mp4", size=(64, 48), fps=8) | wrong
    with pytest.raises(ClipError, match=word):
        VideoWriter(**asked | dict(path=tmp_path / asked["path"]))
    assert not list(tmp_path.iterdir())


def test_a_film_without_frames_leaves_no_file(tmp_path):
    with pytest.raises(ClipError, match="no frame"), VideoWriter(tmp_path / "a.mp4", (64, 48), 8):
        pass
    assert not list(tmp_path.iterdir())


def test_a_png_holds_one_frame(tmp_path):
    with pytest.raises(ClipError, match="holds one frame and there are 2"):
        write_picture(tmp_path / "a.png", np.zeros((2, 8, 8, 3), np.uint8), 8)
    assert not list(tmp_path.iterdir())
