"""The whole way on the shipped weights: words to a real MP4, the same bytes for the same seed, and every bad input told."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import vitascope
from clips import interruptible, payload
from vitascope.cli import main
from vitascope.clip import Clip
from vitascope.director.plan import Plan

FOX = "a red fox runs through a snowy forest"
FAST = ["--seconds", "1", "--size", "128x80", "--steps", "2", "--no-upscale", "--no-interpolate"]


def run(*arguments, **more):
    return subprocess.run([sys.executable, "-m", "vitascope", *arguments], capture_output=True, text=True, timeout=300, **more)


@pytest.fixture(scope="module")
def fox(tmp_path_factory):
    """A folder with a film, its report and its plan, made by the command."""
    folder = tmp_path_factory.mktemp("fox")
    done = run("generate", FOX, "-o", "fox.mp4", "--seed", "7", "--json", "--plan", "plan.json", *FAST, cwd=folder)
    assert done.returncode == 0 and "painting" in done.stderr, done.stderr
    (folder / "report.json").write_text(done.stdout)
    return folder


def test_a_prompt_becomes_a_film_and_the_report_says_how(fox):
    report, clip = json.loads((fox / "report.json").read_text()), Clip.read(fox / "fox.mp4")
    assert report["seed"] == 7 and report["size"] == "128x80" and clip.size == (128, 80)
    assert report["file"] == str(fox / "fox.mp4") and report["took_seconds"] > 0
    assert abs(clip.seconds - report["seconds"]) < 0.15
    assert report["sources"] and all(s["author"] and s["licence"] and len(s["sha256"]) == 64 for s in report["sources"])
    plan = Plan.from_json((fox / "plan.json").read_text())
    assert plan.shots[0].scene.kind == "forest" and plan.shots[0].scene.ground == "snowy"


def test_the_same_seed_gives_the_same_film_and_another_gives_others(fox, tmp_path):
    for seed in (7, 8):
        assert main(["generate", FOX, "-o", str(tmp_path / f"{seed}.mp4"), "--seed", str(seed), *FAST]) == 0
    assert payload(fox / "fox.mp4") == payload(tmp_path / "7.mp4") != payload(tmp_path / "8.mp4")


def test_a_full_size_film_in_python_is_interpolated_and_upscaled(tmp_path):
    stages = []
    film = vitascope.generate("un poulpe nage de droite à gauche", seconds=1, size="256x160", seed=3, num_inference_steps=2,
                              on_event=lambda event: stages.append(event.stage))  # fmt: skip
    assert film.clip.fps == 24 and len(film.clip) == 24 and film.clip.size == (256, 160)
    assert list(dict.fromkeys(stages)) == ["read", "plan", "paint", "finish"]
    assert film.plan.shots[0].scene.kind == "underwater" and film.report["language"] == "fr"
    assert Clip.read(film.save(tmp_path / "poulpe.mp4")).size == (256, 160)


@pytest.mark.parametrize("size", ("192x336", "448x192", "320x320"))
def test_every_shape_from_tall_to_wide(studio, size):
    film = vitascope.generate("a cat", seconds=0.25, size=size, upscale=False, fps=8, studio=studio)
    assert film.clip.size == tuple(map(int, size.split("x")))


def test_a_film_with_a_cut_has_two_shots(studio):
    film = vitascope.generate("a car drives to the left. Cut to: a fish swims", seconds=2, size="128x80", upscale=False, interpolate=False, studio=studio)
    assert len(film.plan.shots) == 2 and film.plan.shots[1].scene.kind == "underwater"


@pytest.mark.parametrize(
    ("arguments", "told"),
    (
        ([""], "The prompt is empty"),
        (["x" * 40_000], "shorten it"),
        (["a cat", "--size", "5x5"], "size 5x5"),
        (["a cat", "--size", "huge"], "not WIDTHxHEIGHT"),
        (["a cat", "--size", "2000x100"], "too long a strip"),
        (["a cat", "--seconds", "0"], "--seconds"),
        (["a cat", "--seconds", "-3"], "--seconds"),
        (["a cat", "--seconds", "1e9"], "--seconds"),
        (["a cat", "--seconds", "four"], "invalid float value"),
        (["a cat", "--fps", "0"], "--fps"),
        (["a cat", "--steps", "0"], "--steps"),
        (["a cat", "--seed", "-1"], "seed"),
        (["a cat", "--guidance-scale", "99"], "guidance scale"),
        (["a cat", "-o", "nowhere/film.mp4"], "there is no folder"),
        (["a cat", "-o", "film.xyz"], "must end in one of"),
        (["a cat", "-o", "."], "must end in one of"),
        (["a cat", "--threads", "0"], "at least 1 thread"),
    ),
)
def test_bad_input_gets_one_sentence_and_leaves_no_file(tmp_path, arguments, told):
    done = run("generate", *arguments, cwd=tmp_path)
    assert done.returncode == 2 and told in done.stderr and "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_before_anything_is_finished_leaves_no_file(tmp_path):
    """Later, what is done is kept: test_cli_films.py."""
    arguments = ["generate", "a dog walks", "-o", "film.mp4", "--seconds", "20", "--steps", "50"]
    process = subprocess.Popen([sys.executable, "-m", "vitascope", *arguments], cwd=tmp_path, stderr=subprocess.PIPE, text=True, preexec_fn=interruptible)
    for line in process.stderr:  # wait until it paints
        if "painting" in line:
            process.send_signal(signal.SIGINT)
            break
    rest = process.communicate(timeout=60)[1]
    assert process.returncode == 130 and "Stopped" in rest and "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_file(tmp_path):
    """A real full disk: a file system of 300 kB, where the machine lets us make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("no right to mount a small file system")
    try:
        noise = np.random.default_rng(0).integers(0, 256, (24, 128, 128, 3), dtype=np.uint8)
        with pytest.raises(ValueError, match="(?i)space|full"):
            Clip(noise, 24).write(disk / "film.mp4", crf=0)
        assert list(disk.iterdir()) == []
        done = run("generate", "a cat", "-o", str(disk / "film.mp4"), *FAST)
        assert done.returncode == 2 and "the disk is full" in done.stderr
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_help_names_every_verb_and_shows_an_example():
    for arguments in (["--help"], ["generate", "--help"]):
        done = run(*arguments)
        assert done.returncode == 0 and "vitascope generate \"" in done.stdout
    assert "corpus" in run("--help").stdout


def test_the_package_needs_no_torch():
    code = "import sys, vitascope; vitascope.generate('a cat', seconds=0.5, size='128x80', seed=1, num_inference_steps=1, upscale=False, interpolate=False, fps=8); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0
