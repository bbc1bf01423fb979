"""Films that are handed out while they are made: segment by segment, stopped early, killed and gone on with."""

import json
import subprocess
import sys
import time

import numpy as np
import pytest

from clips import moving
from vitascope import api
from vitascope.generators import LatentStore, digest

SMALL = (96, 64)


def test_segments_come_in_order_and_add_up_to_the_film(studio):
    ask = dict(seconds=1.25, size=SMALL, fps=8, studio=studio)
    stages, peeks = [], []

    def hear(event):
        stages.append(event.stage)
        if event.peek and not peeks:
            peeks.append(event.peek())

    making = api.generate("a dog runs", **ask, stream=True, on_event=hear)
    segments = list(making)
    assert [(s.start, len(s.frames), s.fps) for s in segments] == [(0, 8, 8), (8, 2, 8)]
    assert making.report["complete"] and making.report["seconds"] == 1.25
    assert (np.concatenate([s.frames for s in segments]) == api.generate("a dog runs", **ask).clip.frames).all()
    assert list(dict.fromkeys(stages)) == ["read", "plan", "paint", "finish"]
    w, h = map(int, making.report["base_size"].split("x"))
    assert peeks[0].shape == (h, w, 3) and peeks[0].dtype == np.uint8 and peeks[0].std() > 3


def test_stopped_early_the_report_says_how_far_it_came(studio):
    making = api.generate("a dog runs", seconds=5, size=SMALL, fps=8, studio=studio, stream=True, upscale=False)
    stream = iter(making)
    first = next(stream)
    stream.close()
    report = making.report
    assert len(first.frames) == 8 and report["seconds"] == 1 and not report["complete"]
    assert report["made_in_seconds"]["first_segment"] > 0 and report["sources"] and "finish" not in report["made_in_seconds"]


def test_before_anything_is_made_the_report_claims_nothing(studio):
    making = api.generate("a dog runs", seconds=1, size=SMALL, studio=studio, stream=True)
    assert making.report["seconds"] == 0 and not making.report["complete"]


def test_an_error_in_a_listener_ends_the_film(studio):
    def hear(event):
        if event.stage == "paint":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        api.generate("a dog runs", seconds=0.5, size=SMALL, studio=studio, on_event=hear)


def test_shots_of_a_storyboard_follow_each_other(studio):
    board = dict(size="96x64", fps=8, seconds=1, cards=[dict(at=0, prompt="a dog"), dict(at=0.5, cut=True, prompt="a fish swims")])
    reel = api.storyboard(board, studio=studio, stream=True)
    segments = iter(reel)
    assert next(segments).start == 0 and not reel.report["complete"] and len(reel.report["shots"]) == 1
    assert [s.start for s in segments] == [4] and reel.report["complete"]
    assert [shot.scene.kind for shot in reel.plan.shots][1] == "underwater"


FILM = """
import sys, numpy as np
from vitascope import api
from vitascope.studio import Studio, Settings
studio = Studio(Settings(seed=1, num_inference_steps=2, threads=1))
film = api.extend(np.load(sys.argv[1]), "a cat comes in", after=3.5, studio=studio, resume=sys.argv[2])
np.save(sys.argv[3], film.clip.frames)
"""


def test_killed_it_goes_on_to_the_same_bytes(studio, tmp_path):
    """Footage; films from words are killed in test_cli_films.py."""
    clip, folder, out = moving(4).frames, tmp_path / "kept", tmp_path / "film.npy"
    np.save(tmp_path / "clip.npy", clip)
    command = [sys.executable, "-c", FILM, *map(str, (tmp_path / "clip.npy", folder, out))]
    process = subprocess.Popen(command)
    while process.poll() is None and not list(folder.glob("window-*.npy")):
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert not out.exists() and list(folder.glob("window-*.npy"))
    assert set(json.loads((folder / "film.json").read_text())) >= {"model", "seed", "steps", "guidance", "sketch", "words", "known"}
    (folder / "window-00001.npy").write_bytes(b"\x93NUMPY")  # and one that was cut short
    assert subprocess.run(command, timeout=300).returncode == 0
    assert not folder.exists()  # the film is whole: nothing is kept
    whole = api.extend(clip, "a cat comes in", after=3.5, studio=studio, num_inference_steps=2)
    assert (np.load(out) == whole.clip.frames).all()


def test_the_folder_of_another_film_is_refused(studio, tmp_path):
    LatentStore(tmp_path / "kept", dict(seed=9)).put(0, np.zeros((2, 3), np.float32))
    with pytest.raises(ValueError, match="holds the beginning of another film"):
        api.generate("a dog", seconds=0.5, size=SMALL, fps=8, studio=studio, resume=tmp_path / "kept")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(ValueError, match="no folder of a film"):
        api.generate("a dog", seconds=0.5, size=SMALL, fps=8, studio=studio, resume=tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


def test_a_store_keeps_windows_and_forgets_them(tmp_path):
    about, latents = dict(seed=1), np.arange(6, dtype=np.float32).reshape(2, 3)
    store = LatentStore(tmp_path / "kept", about)
    store.put(3, latents)
    assert (LatentStore(tmp_path / "kept", about).get(3) == latents).all() and store.get(0) is None
    (tmp_path / "kept" / "mine.txt").write_text("x")
    store.clear()
    assert [p.name for p in (tmp_path / "kept").iterdir()] == ["mine.txt"]
    assert digest(latents) == digest(latents.copy()) != digest(latents.T)
