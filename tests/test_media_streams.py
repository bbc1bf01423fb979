"""Films that can be watched while they are being made: fragments on a stream, and a part that outlives a kill."""

import io
import os
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.clip import Clip
from vitascope.media import ClipError, VideoWriter, read_frames


def drawing(t, h=48, w=64):
    """Frames (t h w 3) of a smooth ramp that wanders right, so that every frame differs from its neighbours."""
    ramp = (np.add.outer(np.arange(h), 3 * np.arange(w)) % 256).astype(np.uint8)
    return np.stack([np.roll(ramp, 2 * i, 1)[..., None].repeat(3, -1) for i in range(t)])


def boxes(data: bytes) -> list[tuple[str, int, int]]:
    """(name, start, stop) of an MP4's outer boxes."""
    at, found = 0, []
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        found.append((data[at + 4 : at + 8].decode(), at, at + length))
        at += length
    return found


def write(target, frames, fps=24, **more):
    with VideoWriter(target, frames.shape[2:0:-1], fps, **more) as writer:
        for frame in frames:
            writer.append(frame)
    return writer


def test_a_stream_is_cut_into_fragments_of_a_second_at_most():
    frames, file = drawing(60), io.BytesIO()
    write(file, frames)
    names = [name for name, _, _ in boxes(file.getvalue())]
    assert names[:2] == ["ftyp", "moov"] and names.count("moof") == names.count("mdat") == 3
    again = io.BytesIO()
    write(again, frames)
    assert again.getvalue() == file.getvalue()


def test_a_stream_plays_from_the_first_fragment_and_comes_as_it_is_made(tmp_path):
    frames, file, arrived = drawing(72), io.BytesIO(), []
    with VideoWriter(file, (64, 48), 24) as writer:
        for frame in frames:
            writer.append(frame)
            arrived.append(sum(name == "mdat" for name, _, _ in boxes(file.getvalue())))
    assert arrived[47] >= 1 and arrived[-1] >= 2  # the first second is out before the second one is over
    stop = next(stop for name, _, stop in boxes(file.getvalue()) if name == "mdat")
    (tmp_path / "first.mp4").write_bytes(file.getvalue()[:stop])
    seen, fps = read_frames(tmp_path / "first.mp4")
    assert 24 <= len(seen) <= 27 and fps == 24  # the last three frames may still lean on ones to come
    assert np.abs(seen[:20].astype(int) - frames[:20]).mean() < 8


@settings(max_examples=8, deadline=None)
@given(t=st.integers(1, 40), h=st.integers(16, 40), w=st.integers(16, 40), fps=st.sampled_from([8, 12.5, 24, 30000 / 1001]))
def test_a_film_made_in_parts_has_the_same_bytes_as_one_made_whole(tmp_path_factory, t, h, w, fps):
    folder = tmp_path_factory.mktemp("parts")
    frames = drawing(t, h, w)
    write(folder / "a.mp4", frames, fps)
    writer = write(folder / "b.mp4", frames, fps, partial=True)
    assert (folder / "a.mp4").read_bytes() == (folder / "b.mp4").read_bytes()
    assert not writer.part.exists() and len(list(folder.iterdir())) == 2


def test_stopped_by_hand_the_part_plays_and_the_old_film_stays(tmp_path):
    path, frames = tmp_path / "film.mp4", drawing(30)
    path.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt), VideoWriter(path, (64, 48), 24, partial=True) as writer:
        for frame in frames[:17]:
            writer.append(frame)
        raise KeyboardInterrupt
    assert writer.part == tmp_path / "film.partial.mp4" and path.read_bytes() == b"old"
    clip = Clip.read(writer.part)
    assert len(clip) == 17 and np.abs(clip.frames.astype(int) - frames[:17]).mean() < 8
    assert {p.name for p in tmp_path.iterdir()} == {"film.mp4", "film.partial.mp4"}


def test_stopped_before_the_first_frame_nothing_is_left(tmp_path):
    with pytest.raises(KeyboardInterrupt), VideoWriter(tmp_path / "film.mp4", (64, 48), 24, partial=True):
        raise KeyboardInterrupt
    with pytest.raises(ClipError, match="no frame"), VideoWriter(tmp_path / "film.mp4", (64, 48), 24, partial=True):
        pass
    assert not list(tmp_path.iterdir())


def test_killed_the_part_still_plays(tmp_path):
    code = textwrap.dedent("""
        import sys, numpy as np
        from vitascope.media import VideoWriter
        rng = np.random.default_rng(0)
        with VideoWriter(sys.argv[1], (64, 48), 24, partial=True) as writer:
            for i in range(100):
                writer.append(rng.integers(0, 256, (48, 64, 3), dtype=np.uint8))
            print("done", flush=True)
            sys.stdin.read()
    """)
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "film.mp4")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"done\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    clip = Clip.read(tmp_path / "film.partial.mp4")
    assert 68 <= len(clip) <= 100 and clip.fps == 24 and not (tmp_path / "film.mp4").exists()


@settings(max_examples=15, deadline=None)
@given(cut=st.floats(0, 1))
def test_a_part_torn_anywhere_is_read_to_there_or_told(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("torn")
    file = io.BytesIO()
    write(file, drawing(50))
    data = file.getvalue()
    (folder / "a.mp4").write_bytes(data[: round(cut * len(data))])
    try:
        assert 1 <= len(Clip.read(folder / "a.mp4")) <= 50
    except ClipError as error:
        assert "\n" not in str(error)


def test_a_reader_that_goes_away_is_told_as_a_broken_pipe():
    read, out = os.pipe()
    with pytest.raises(BrokenPipeError), os.fdopen(out, "wb", buffering=0) as file, VideoWriter(file, (64, 48), 24) as writer:
        os.close(read)
        for frame in drawing(100):
            writer.append(frame)
