"""Films become shots: cuts are found to the frame, the split is fixed, damaged files are refused."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from vitascope.clip import Clip
from vitascope.corpus import films, load_photographs, load_shots

CUTS = (0, 31, 60, 95)
COUNT = 130


def scene(index: int, t: int) -> np.ndarray:
    """A frame (h w 3) of one of four scenes: its own colours, under a pan, with a square that moves."""
    y, x = np.mgrid[:144, :256]
    wave = 40 * np.sin((x + 3 * t) / (9 + 4 * index)) * np.cos(y / (7 + index))
    colour = ((200, 60, 40), (40, 90, 200), (60, 170, 70), (210, 200, 120))[index]
    frame = np.clip(np.array(colour) + wave[..., None], 0, 255).astype(np.uint8)
    frame[60:90, (5 * t) % 220 : (5 * t) % 220 + 30] = 255 - np.array(colour, np.uint8)
    return frame


@pytest.fixture(scope="module")
def video(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("film") / "made.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 256, 144, "yuv420p"
        for t in range(COUNT):
            picture = scene(sum(t >= cut for cut in CUTS) - 1, t)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def test_hard_cuts_are_found_within_a_frame(video, tmp_path):
    assert films.store_film(video, tmp_path / "films", "made") == len(CUTS)
    shots = json.loads((tmp_path / "films" / "made.json").read_text())
    assert all(abs(shot["start"] - cut) <= 1 for shot, cut in zip(shots, CUTS, strict=True))
    assert shots[-1]["stop"] == COUNT
    assert not list((tmp_path / "films").glob("*.part"))


def test_a_shot_is_in_one_split_only_and_its_pictures_are_the_films(video, tmp_path):
    films.store_film(video, tmp_path / "films", "made")
    trained, held = load_shots(tmp_path), load_shots(tmp_path, held_out=True)
    assert len(trained) == 3 and len(held) == 1 and held[0][0] == "made:95-130"
    assert {name for name, _ in trained}.isdisjoint(name for name, _ in held)
    frames = held[0][1]
    assert frames.shape == (35, films.SIZE[1], films.SIZE[0], 3) and frames.dtype == np.uint8
    assert np.abs(frames.mean((0, 1, 2)) - np.array([scene(3, t).mean((0, 1)) for t in range(95, 130)]).mean(0)).max() < 4


def test_a_pan_under_noise_and_a_fade_are_no_cuts():
    rng = np.random.default_rng(0)
    noisy = [np.clip(scene(1, t) + rng.normal(0, 8, (144, 256, 3)), 0, 255).astype(np.uint8) for t in range(40)]
    fading = [(scene(2, t) * (1 - t / 60)).astype(np.uint8) for t in range(40)]
    assert films.find_cuts(noisy) == [0]
    assert films.find_cuts(fading) == [0]


def test_the_split_of_big_buck_bunny_is_fixed_by_a_file():
    shots = films.shots_of("big-buck-bunny", [0, 500], 12000)
    assert shots[0]["start"] == 0 and shots[-1]["stop"] == 12000
    assert all(a["stop"] == b["start"] for a, b in zip(shots, shots[1:]))
    assert 0.1 < sum(shot["held_out"] for shot in shots) / len(shots) < 0.2
    with pytest.raises(ValueError, match="12000 frames, not 600"):
        films.shots_of("big-buck-bunny", [0], 600)


def test_a_stored_frame_is_the_films_frame_at_that_time(tmp_path):
    place = np.random.default_rng(3).integers(0, 256, (4, 12, 3), dtype=np.uint8)
    wide = np.asarray(Image.fromarray(place).resize((400, 128), Image.Resampling.BICUBIC))
    pan = np.stack([wide[:, 2 * i : 2 * i + films.SIZE[0]] for i in range(20)])
    Clip(pan, 24).write(tmp_path / "film.mp4", crf=10)
    assert films.store_film(tmp_path / "film.mp4", tmp_path / "films", "film") == 1
    ((_, frames),) = load_shots(tmp_path)
    for i in (0, 7, 19):
        assert np.abs(frames[i].astype(int) - pan[i]).mean() < 6


def test_credits_are_left_out(video, tmp_path, monkeypatch):
    monkeypatch.setattr(films, "END", 2.0)
    films.store_film(video, tmp_path / "films", "made")
    assert json.loads((tmp_path / "films" / "made.json").read_text())[-1]["stop"] == 48


def test_a_file_that_is_no_film_is_refused_and_leaves_nothing(tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"no film at all" * 100)
    with pytest.raises(ValueError, match="shows no film"):
        films.store_film(tmp_path / "broken.mp4", tmp_path / "films", "broken")
    assert not list((tmp_path / "films").iterdir())
    assert load_shots(tmp_path) == [] and load_photographs(tmp_path) == []


def test_only_photographs_with_an_allowed_licence_are_stored(tmp_path):
    package = tmp_path / "usr" / "share" / "backgrounds"
    package.mkdir(parents=True)
    wide = Image.fromarray(np.random.default_rng(0).integers(0, 255, (300, 1200, 3), np.uint8))
    for name in ("umang_by_Abhishek_Mudgal", "Bridge_by_Sander_Klootwijk"):  # the second is share-alike
        wide.save(package / f"{name}.jpg")
    assert films.store_photographs(tmp_path / "usr", tmp_path / "photographs") == 1
    ((name, picture),) = load_photographs(tmp_path)
    assert name == "umang_by_Abhishek_Mudgal" and picture.shape == (128, 512, 3) and picture.dtype == np.uint8
