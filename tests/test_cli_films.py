"""The command line on the real parts: films on standard output, stopped, killed and gone on with, mended and cut anew."""

import io
import json
import signal
import subprocess
import sys
import time

import pytest

from clips import interruptible, payload
from desk import desk
from vitascope.cli import main
from vitascope.clip import Clip
from vitascope.media import read_frames
from vitascope.provenance.read import sealed

QUICK = ["--steps", "1", "--seed", "3"]
SMALL = [*QUICK, "--draft"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return desk(tmp_path_factory.mktemp("desk"))


def command(*arguments):
    return [sys.executable, "-m", "vitascope", *map(str, arguments)]


def test_a_film_on_standard_output_and_its_report_beside_it(tmp_path):
    done = subprocess.run(command("generate", "a dog runs", "-o", "-", "--seconds", 1, "--json", *SMALL), capture_output=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout[4:8] == b"ftyp" and b"moof" in done.stdout and not list(tmp_path.iterdir())
    (tmp_path / "a.mp4").write_bytes(done.stdout)
    frames, fps = read_frames(tmp_path / "a.mp4")
    assert frames.shape == (24, 80, 128, 3) and fps == 24
    report = json.loads(done.stderr[done.stderr.index(b"{\n") :])
    assert report["seed"] == 3 and report["file"] == "-" and report["complete"]


def test_killed_it_goes_on_to_the_same_film(tmp_path):
    film = ["a cat walks", "--seconds", 4, "--size", "128x80", "--steps", "2", "--no-upscale", "--no-interpolate"]
    assert main(list(map(str, ["generate", *film, "--seed", 11, "-o", tmp_path / "whole.mp4"]))) == 0
    process = subprocess.Popen(command("generate", *film, "--seed", 11, "-o", "film.mp4"), cwd=tmp_path, stderr=subprocess.DEVNULL)
    kept = tmp_path / ".film.mp4.resume"
    while process.poll() is None and len(list(kept.glob("window-*.npy"))) < 1:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "film.mp4").exists() and list(kept.glob("window-*.npy"))
    assert main(list(map(str, ["generate", *film, "-o", tmp_path / "film.mp4", "--resume"]))) == 0  # it remembers the seed
    assert payload(tmp_path / "film.mp4") == payload(tmp_path / "whole.mp4") != b"" and sealed(tmp_path / "film.mp4")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["film.mp4", "whole.mp4"]


def test_ctrl_c_keeps_what_is_done(tmp_path):
    film = ["a cat walks", "--seconds", 60, "--size", "320x200", "--steps", "4"]  # seconds of work, the first fragment of it early
    process = subprocess.Popen(command("generate", *film, "-o", "film.mp4"), cwd=tmp_path, stderr=subprocess.PIPE, text=True, preexec_fn=interruptible)
    part = tmp_path / "film.partial.mp4"
    while process.poll() is None and not (part.exists() and part.stat().st_size > 4000):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    err = process.communicate(timeout=60)[1]
    assert process.returncode == 130 and "film.partial.mp4; go on with --resume." in err and "Traceback" not in err
    assert 0 < Clip.read(part).seconds < 40 and not (tmp_path / "film.mp4").exists()


def test_footage_is_mended_extended_and_widened(folder, capsys):
    ball = str(folder / "ball.mp4")
    for arguments, seconds, size in (
        (["fill", ball, "--span", "0.4-0.6"], 1, (128, 80)), (["extend", ball, "--after", "0.5"], 1.5, (128, 80)),
        (["outpaint", ball, "--size", "160x80"], 1, (160, 80)),
        (["animate", str(folder / "ball.png"), "--seconds", "0.5", "--brush", "15,35,30,30:right"], 0.5, (128, 80)),
    ):  # fmt: skip
        out = folder / f"{arguments[0]}.mp4"
        assert main([*arguments, "-o", str(out), *QUICK]) == 0, capsys.readouterr().err
        clip = Clip.read(out)
        assert abs(clip.seconds - seconds) < 0.03 and clip.size == size
    assert not list(folder.glob("*.partial.mp4")) and not list(folder.glob(".*"))


def test_a_storyboard_is_cut_anew_and_filmed_twice(folder, capsys):
    (folder / "s.yaml").write_text("size: 128x80\nseed: 5\ncards:\n- {at: 0, prompt: a dog}\n- {at: 0.5, cut: true, picture: ball.png}\n")
    assert main(["storyboard", str(folder / "s.yaml"), "--recut", "2,1", "--length", "2=0.5", "--write", str(folder / "t.yaml"), "--only-write"]) == 0
    assert "2 of 2 shots are as they were" not in capsys.readouterr().err  # the second card is shorter
    assert main(["storyboard", str(folder / "t.yaml"), "-o", str(folder / "v.mp4"), "--variations", "2", "--steps", "1", "--json"]) == 0
    reports = json.loads(capsys.readouterr().out)
    assert [r["seed"] for r in reports] == [5, 6] and all(r["complete"] for r in reports)
    one, other = (Clip.read(folder / f"v-{i}.mp4") for i in (1, 2))
    assert len(one) == len(other) == 24 and (one.frames[12:] != other.frames[12:]).any()


def test_a_viewer_that_goes_away_ends_the_film_without_a_word(folder):
    process = subprocess.Popen(command("interpolate", folder / "ball.mp4", "--factor", 2, "-o", "-"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.read(8)[4:] == b"ftyp"
    process.stdout.close()
    err = io.TextIOWrapper(process.stderr).read()
    assert process.wait(60) == 1 and "Traceback" not in err
