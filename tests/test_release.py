"""Every writer of films: what leaves is watermarked, signed last of all, and known to this installation again."""

import contextlib
import io
import json
from pathlib import Path

import numpy as np
import pytest

from clips import moving, payload
from vitascope import api
from vitascope.cli import main
from vitascope.clip import Clip
from vitascope.making import Segment
from vitascope.media import read_frames
from vitascope.provenance import store
from vitascope.provenance.ids import Register, file_hash
from vitascope.provenance.read import read, sealed
from vitascope.provenance.verify import verify
from vitascope.release import Release
from vitascope.safety.decision import Decision, Finding, Refused
from vitascope.safety.policy import Policy

WORDS, QUICK = "a red fox runs", ["--steps", "1", "--seed", "3", "--threads", "1", "--json"]
SMALL = dict(size="96x64", fps=8.0, upscale=False)
WRITERS = ("film.mp4", "stream.mp4", "large.mp4", "smooth.mp4", "saved.mp4", "saved.webp", "saved.gif", "still.png", "still.jpg", "seen.png")


def run(*arguments) -> tuple[int, bytes]:
    """(exit status, standard output) of a command."""
    out = io.TextIOWrapper(io.BytesIO())
    with contextlib.redirect_stdout(out):
        status = main([str(argument) for argument in arguments])
    out.flush()
    return status, out.buffer.getvalue()


@pytest.fixture(scope="module")
def desk(tmp_path_factory, studio):
    """One film by every writer, in one folder; reports by name."""
    desk = tmp_path_factory.mktemp("desk")
    shape = ["--seconds", 0.5, "--size", "96x64", "--fps", 8, "--no-upscale", "--no-interpolate", *QUICK]
    reports = {"film.mp4": run("generate", WORDS, "-o", desk / "film.mp4", "--preview", desk / "seen.png", *shape)}
    status, reports["large.mp4"] = run("upscale", desk / "film.mp4", "-o", desk / "large.mp4", "--size", "192x128", "--threads", 1, "--json")
    reports["smooth.mp4"] = run("interpolate", desk / "film.mp4", "-o", desk / "smooth.mp4", "--threads", 1, "--json")
    reports = {name: json.loads(out[1] if isinstance(out, tuple) else out) for name, out in reports.items()}

    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())) as out:
        making = api.generate(WORDS, seconds=0.5, stream=True, studio=studio, **SMALL)
        release = Release(studio.part("policy"), making.film_id, lambda: (making.report, making.inputs), making)
        release.write(making, Path("-"))
        (desk / "stream.mp4").write_bytes(out.buffer.getvalue())
    reports["stream.mp4"] = making.report | release.report

    film = api.generate(WORDS, seconds=0.5, studio=studio.with_(seed=4), **SMALL)
    still = api.image(WORDS, size="96x64", upscale=False, studio=studio)
    for name, made in {"saved.mp4": film, "saved.webp": film, "saved.gif": film, "still.png": still, "still.jpg": still}.items():
        made.save(desk / name)
        reports[name] = json.loads(json.dumps(made.report))
    return desk, reports


def test_every_writer_is_here(desk):
    assert sorted(path.name for path in desk[0].iterdir()) == sorted(WRITERS)  # and nothing else is left lying about


@pytest.mark.parametrize("name", WRITERS)
def test_signing_is_the_last_that_writes(desk, name):
    """A stage that writes to a file after it was signed shows here."""
    assert sealed(desk[0] / name)


@pytest.mark.parametrize("name", WRITERS)
def test_what_leaves_is_known_again(desk, name, capsys):
    assert main(["verify", str(desk[0] / name), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "made here" and found["film"] == Register()[int(found["film"]["film_id"], 16)].to_dict()
    assert found["credentials"]["film_id"] == found["film"]["film_id"]


@pytest.mark.parametrize("name", WRITERS[:-1])
def test_the_report_says_how_it_left(desk, name):
    report, state = desk[1][name], read(desk[0] / name)
    assert report["credentials"]["signed"] and report["credentials"]["manifest"] == state.manifest
    assert report["watermark"]["film_id"] == f"{state.film_id:016x}" == report["film_id"]
    judged = report["moderation"]
    assert judged["switched_off"] == [] and judged["frames"]["frames"] >= 1 and judged["frames"]["compared"] == judged["frames"]["frames"]
    assert state.generation["moderation"]["policy"] == judged["policy"]


def test_one_byte_of_the_film_breaks_what_was_signed(desk, tmp_path):
    data = bytearray((desk[0] / "film.mp4").read_bytes())
    data[data.index(b"mdat") + 600] ^= 1
    (tmp_path / "film.mp4").write_bytes(data)
    assert not sealed(tmp_path / "film.mp4") and read(tmp_path / "film.mp4").state == "invalid"


def test_a_copy_is_known_by_its_watermark_and_a_stranger_is_not(studio, tmp_path, capsys):
    film = api.generate(WORDS, seconds=1, size="192x128", fps=12, studio=studio, upscale=False, interpolate=False)
    Clip(*read_frames(film.save(tmp_path / "film.mp4"))).write(tmp_path / "copy.mp4", crf=24)
    assert read(tmp_path / "copy.mp4").state == "none"
    assert main(["verify", str(tmp_path / "copy.mp4"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "made here and edited since" and found["film"]["film_id"] == film.report["film_id"]
    assert found["recovered_manifest"]["generation"]["prompt"] == WORDS
    moving(size=(192, 128)).write(tmp_path / "other.mp4")
    assert main(["verify", str(tmp_path / "other.mp4")]) == 4 and "no evidence" in capsys.readouterr().out


def test_the_same_film_is_the_same_to_the_byte_but_for_its_signature(desk, studio, tmp_path):
    again = api.generate(WORDS, seconds=0.5, studio=studio.with_(seed=4), **SMALL)
    again.save(tmp_path / "again.mp4")
    assert payload(tmp_path / "again.mp4") == payload(desk[0] / "saved.mp4")
    assert again.report["film_id"] == desk[1]["saved.mp4"]["film_id"] != desk[1]["stream.mp4"]["film_id"]


def test_other_footage_is_another_film(studio):
    """What was approved under an id must not be exchanged: a pixel, or where a picture stands, makes another."""
    clip = moving(5)
    frames = clip.frames.copy()
    frames[2, 33, 41] ^= 1
    make = lambda frames, **how: api.extend(Clip(frames, 8.0), after=0.5, studio=studio, stream=True, **how).film_id
    ids = [make(clip.frames), make(frames), make(clip.frames, seed=9), make(clip.frames, prompt="rain")]
    ids += [api.animate(clip.frames[0], at=[at], seconds=1, fps=8.0, studio=studio, stream=True).film_id for at in (0.25, 0.5)]
    assert len(set(ids)) == 6 and make(clip.frames) == ids[0]


def test_an_extended_film_names_its_parent_whose_manifest_is_kept(desk, studio, tmp_path):
    given = desk[0] / "saved.mp4"
    path = api.extend(given, after=0.25, upscale=False, studio=studio).save(tmp_path / "longer.mp4")
    state = read(path)
    parents = [one for one in state.ingredients if one["relationship"] == "parentOf"]
    assert len(parents) == 1 and parents[0]["title"] == "saved.mp4" and parents[0]["active_manifest"] == read(given).manifest
    assert state.manifests == 2 and sealed(path) and [action["action"] for action in state.actions][:2] == ["c2pa.opened", "c2pa.edited"]
    assert state.film_id != read(given).film_id and verify(path).verdict == "made here"


def test_connected_clips_are_both_components(desk, studio, tmp_path, capsys):
    moving(5).write(tmp_path / "footage.mp4")
    path = api.connect(desk[0] / "saved.mp4", tmp_path / "footage.mp4", seconds=0.25, upscale=False, studio=studio).save(tmp_path / "both.mp4")
    given = [one for one in read(path).ingredients if "input-" in one["instance_id"]]
    assert [(one["title"], one["relationship"]) for one in given] == [("saved.mp4", "componentOf"), ("footage.mp4", "componentOf")]
    assert main(["sources", str(path)]) == 0
    assert [line.split(": ")[1] for line in capsys.readouterr().out.splitlines() if "from its maker" in line] == ["saved.mp4", "footage.mp4"]


def test_the_librarys_pictures_are_not_from_its_maker(desk, capsys):
    assert main(["sources", str(desk[0] / "still.png")]) == 0
    assert "drew on (as its manifest says)" in (out := capsys.readouterr().out) and "from its maker" not in out


# --- what an operator switches off, and what goes wrong --------------------------------------------------------------


def test_what_a_policy_switches_off_is_said(studio, tmp_path):
    (tmp_path / "off.yaml").write_text("watermark: {enabled: false}\nframes: {enabled: false}\n")
    film = api.generate(WORDS, seconds=0.5, studio=studio, policy=tmp_path / "off.yaml", **SMALL)
    path = film.save(tmp_path / "film.mp4")
    state = read(path)
    assert film.report["moderation"]["switched_off"] == ["frames", "watermark"] and film.report["moderation"]["frames"] == {}
    assert state.state == "valid" and state.generation["switched_off"] == ["frames", "watermark"]
    assert state.film_id is None and "watermark" not in film.report and not verify(path).watermark["found"]


def test_without_credentials_the_watermark_still_leads_to_what_was_said(studio, tmp_path):
    (tmp_path / "off.yaml").write_text("credentials: {enabled: false}\n")
    film = api.generate(WORDS, seconds=0.5, studio=studio.with_(policy=tmp_path / "off.yaml", seed=8), **SMALL)
    path = film.save(tmp_path / "film.mp4")
    assert film.report["moderation"]["switched_off"] == ["credentials"] and not film.report["credentials"]["signed"]
    assert read(path).state == "none" and verify(path).verdict == "made here"  # by its bytes
    film_id = int(film.report["film_id"], 16)
    assert Register().of_file(file_hash(path)).film_id == film_id
    assert store.recover(film_id).facts["generation"]["switched_off"] == ["credentials"]


def test_a_film_of_nobody_is_not_saved(tmp_path):
    with pytest.raises(ValueError, match="64 bits"):
        api.Film(moving(3), None, {"film_id": "0"}).save(tmp_path / "film.mp4")
    assert not list(tmp_path.iterdir())


def test_nothing_stays_of_a_film_that_is_refused_on_the_way(tmp_path):
    """What was written before the refusal goes, while a film that is stopped otherwise keeps it."""
    finding = Finding("violence", ("at 1.0 s",), 0.9, 0.6, "No gore.", "frames")
    for error, left in ((Refused(Decision(False, (finding,))), []), (KeyboardInterrupt(), ["film.partial.mp4"])):

        def segments(error=error):
            yield Segment(0, np.repeat(moving(8).frames, 3, 0), 24.0)
            raise error

        with pytest.raises(type(error)):
            Release(Policy.load(), 7, lambda: ({}, ())).write(segments(), tmp_path / "film.mp4")
        assert [path.name for path in tmp_path.iterdir()] == left
