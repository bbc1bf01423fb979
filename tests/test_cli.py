"""The command line without a film: help, saved characters, and every mistake answered in one line."""

import json
import os
import re
import shlex

import pytest

from desk import desk
from vitascope.cli import main, parser

VERBS = ("generate", "image", "animate", "extend", "fill", "outpaint", "loop", "connect", "edit", "storyboard", "upscale", "interpolate",
         "characters add", "characters list", "characters show", "characters remove")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return desk(tmp_path_factory.mktemp("desk"))


def told(capsys) -> str:
    """The one line that a mistake is answered with."""
    err = capsys.readouterr().err
    assert err.startswith("vitascope: ") and len(err.strip().splitlines()) == 1 and "Traceback" not in err, err
    return err


# --- help


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_an_example_that_can_be_given(verb, capsys, monkeypatch):
    with pytest.raises(SystemExit):
        parser().parse_args([*verb.split(), "--help"])
    text = capsys.readouterr().out
    example = re.search(r"example:\n  (.+)", text)[1]
    assert f"vitascope {verb}" in example
    for part in example.split(" && "):
        program, *arguments = shlex.split(part)
        assert program == "vitascope" and parser().parse_args(arguments).run


def test_characters_are_kept_shown_and_forgotten(folder, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path))
    assert main(["characters", "add", "@red", str(folder / "ball.png"), "--kind", "object", "--words", "a ball", "--author", "me"]) == 0
    assert main(["characters", "list"]) == 0 and "@red  object  a ball" in capsys.readouterr().out
    assert main(["characters", "show", "red", "-o", str(tmp_path / "red.png")]) == 0
    assert json.loads(capsys.readouterr().out)["author"] == "me" and (tmp_path / "red.png").read_bytes()[:4] == b"\x89PNG"
    assert main(["characters", "remove", "red"]) == 0 and main(["characters", "list"]) == 0
    assert capsys.readouterr().out == "@red is forgotten.\n"


# --- mistakes


BALL, PICTURE = "{f}/ball.mp4", "{f}/ball.png"


@pytest.mark.parametrize("arguments, sentence", [
    (["generate", "a cat", "--motion", "3"], "motion strength"), (["generate", "a cat", "--camera", "sideways"], "camera"),
    (["generate", "a cat", "--variations", "0"], "1 to 100 variations"), (["generate", "a cat", "-o", "-", "--variations", "2"], "Only one film"),
    (["generate", "a cat", "--character", "nobody"], "no character @nobody"), (["generate", "a cat", "--character", "a=none.png"], "none.png"),
    (["generate", "a cat", "--preview", "p.mp4"], "preview"), (["generate", "a cat", "--seconds", "nan"], "--seconds"),
    (["image", "a cat", "--size", "4000x4000"], "64 to 2048"), (["image", "a cat", "-o", "nowhere/a.png"], "no folder"),
    (["animate", "none.png"], "no such file"), (["animate", PICTURE, "--at", "9"], "outside a film"), (["animate", PICTURE, "--at", "0", "--at", "1"], "one time for each"),
    (["animate", PICTURE, "--brush", "left"], "REGION:WAY"), (["animate", PICTURE, "--brush", "1,1,9,9:sideways"], "A brush goes"),
    (["animate", PICTURE, "--brush", "1,1,9,9:left:fast"], "no number"), (["animate", "{f}/small.png"], "64 to 2048"),
    (["extend", BALL], "required"), (["extend", BALL, "--after", "-1"], "seconds"), (["extend", BALL, "--after", "99"], "up to 60"),
    (["extend", "{f}", "--after", "1"], "not a file"), (["fill", BALL], "--span"), (["fill", BALL, "--span", "one"], "FROM-TO|span|seconds"),
    (["fill", BALL, "--span", "0.5-0.2"], "span|before|after"), (["fill", BALL, "--span", "0.2-9"], "span|outside|lasts"),
    (["fill", BALL, "--span", "0.1-0.5", "--span", "0.3-0.7"], "overlap"), (["fill", BALL, "--span", "0-1"], "Nothing of the clip|left|whole"),
    (["fill", BALL, "--mask", "{f}/small.png"], "mask|size|10x10"), (["fill", BALL, "--mask", "{f}/black.png"], "mask|nothing|white"),
    (["fill", BALL, "--mask", "none.png"], "no such file"), (["outpaint", BALL, "--size", "64x40"], "larger --size"),
    (["outpaint", BALL, "--size", "21:0"], "21:9"), (["outpaint", BALL, "--size", "21:"], "21:9"), (["outpaint", BALL, "--size", "wide"], "WIDTHxHEIGHT"),
    (["loop", "none.mp4"], "no such file"), (["loop", "a cat", "--prompt", "a dog"], "no clip a cat"), (["connect", BALL, "none.mp4"], "no such file"),
    (["connect", BALL, BALL, "--seconds", "0"], "seconds"), (["edit", BALL], "needs --prompt"), (["edit", BALL, "--prompt", "a", "--strength", "2"], "strength"),
    (["edit", BALL, "--prompt", "a", "--span", "7-8"], "span|outside|lasts"), (["storyboard", "none.yaml"], "no such file"), (["storyboard", "{f}"], "folder"),
    (["storyboard", BALL], "UTF-8|too much"), (["upscale", "none.mp4"], "no such file"), (["upscale", BALL, "--size", "9x9"], "16 to 4096"),
    (["interpolate", BALL, "--factor", "1"], "2 to 8"), (["interpolate", PICTURE], "one frame"), (["interpolate", BALL, "-o", "a.txt"], "must end in"),
    (["upscale", BALL, "--threads", "0"], "at least 1 thread"), (["characters", "show", "nobody"], "no character @nobody"),
    (["characters", "add", "a b", PICTURE], "name"), (["characters", "add", "a", "none.png"], "none.png"), (["characters", "remove", "nobody"], "no character"),
])  # fmt: skip
def test_mistakes_are_told_in_one_line_and_leave_nothing(folder, tmp_path, capsys, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path / "home"))
    try:
        status = main([word.replace("{f}", str(folder)) for word in arguments])
    except SystemExit as error:  # what argparse itself refuses
        status = error.code
    assert status == 2 and re.search(sentence, told(capsys)) and list(tmp_path.iterdir()) == []


def test_a_file_that_may_not_be_read(folder, tmp_path, capsys):
    if not os.geteuid():
        pytest.skip("everything may be read by root")
    (tmp_path / "a.mp4").write_bytes((folder / "ball.mp4").read_bytes())
    (tmp_path / "a.mp4").chmod(0)
    assert main(["upscale", str(tmp_path / "a.mp4"), "-o", str(tmp_path / "b.mp4")]) == 2 and "permission" in told(capsys)
