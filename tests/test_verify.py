"""Where a file comes from: the verdict on whole, worn, forged, foreign, damaged and hostile files."""

import io
import json
import os
import secrets
import shutil
import sqlite3
import threading

import av
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vitascope.cli import Parser
from vitascope.cli import verify as command
from vitascope.media import VideoWriter, read_frames, write_picture
from vitascope.provenance.credentials import Credentials, sign
from vitascope.provenance.ids import BITS, CODED, Register, file_hash, signs_of
from vitascope.provenance.keys import KEY_BYTES, load_key
from vitascope.provenance.read import ManifestState
from vitascope.provenance.replay import compare, replay, settings_of
from vitascope.provenance.verify import (
    BROKEN,
    EDITED,
    ELSEWHERE,
    MADE_HERE,
    NONE,
    VERDICTS,
    Evidence,
    beginning,
    judge,
    verify,
)
from vitascope.provenance.watermark import Marker

SIZE, FPS = (256, 160), 12.0
STATES = ("none", "valid", "trusted", "invalid")


def picture_of(seed: int, count: int = 12) -> np.ndarray:
    """Frames (t h w 3) of a landscape of coarse and fine texture under a camera that pans."""
    rng = np.random.default_rng([8, seed])
    noise = lambda blur: cv2.GaussianBlur(rng.normal(size=(SIZE[1], SIZE[0] + 60, 3)).astype(np.float32), (0, 0), blur)
    ground = noise(8) / noise(8).std() + noise(1.2) / noise(1.2).std() * 0.3
    ground = ((ground - ground.min()) / np.ptp(ground) * 215 + 20).round().astype(np.uint8)
    return np.stack([ground[:, 2 * i : 2 * i + SIZE[0]] for i in range(count)])


def encode(frames, path, crf=17.0):
    with VideoWriter(path, frames.shape[2:0:-1], FPS, crf) as writer:
        for frame in frames:
            writer.append(frame)
    return path


@pytest.fixture(scope="module")
def ours(home, tmp_path_factory):
    """A film as it leaves: marked, encoded, signed, registered. (path, film id, frames unmarked)"""
    path, film_id, frames = tmp_path_factory.mktemp("film") / "boat.mp4", 1 + secrets.randbits(63), picture_of(1)
    marker = Marker(SIZE, film_id, load_key())
    encode(np.stack([marker.mark(f, i) for i, f in enumerate(frames)]), path)
    sign(path, Credentials("a boat on a lake", prompt="a boat on a lake", seed=7, film_id=film_id))
    Register().record(film_id, dict(prompt="a boat on a lake", seed=7, size="256x160", seconds=1.0, fps=FPS), file_hash(path))
    return path, film_id, frames


def test_a_film_that_nobody_touched_was_made_here(ours):
    found = verify(ours[0])
    assert found.verdict == MADE_HERE and found.credentials["state"] in ("valid", "trusted") and found.credentials["ours"]
    assert found.watermark["found"] and found.watermark["film_id"] == f"{ours[1]:016x}" and found.film.film_id == ours[1]
    told = json.loads(json.dumps(found.to_dict()))
    assert {"credentials", "watermark", "verdict"} <= told.keys() and told["film"]["about"]["seed"] == 7


def worn(kind: str, path, out):
    frames, _ = read_frames(path)
    if kind == "stripped":  # the same coded pictures in a new file
        with av.open(str(path)) as old, av.open(str(out), "w", format="mp4") as new:
            stream = new.add_stream_from_template(old.streams.video[0])
            for packet in old.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    new.mux(packet)
        return
    if kind == "cut":
        frames = frames[3:9]
    elif kind == "screen shot":
        Image.fromarray(frames[5]).save(out, "JPEG", quality=85)
        return
    encode(frames, out, 26 if kind == "encoded anew" else 17)


@pytest.mark.parametrize("kind", ["stripped", "encoded anew", "cut", "screen shot"])
def test_worn_copies_are_still_ours(ours, tmp_path, kind):
    worn(kind, ours[0], tmp_path / "copy.mp4")
    found = verify(tmp_path / "copy.mp4")
    assert found.verdict == EDITED and found.film.film_id == ours[1], found.why
    assert found.credentials["state"] == "none" and found.recovered["state"] == "invalid"  # it is a copy's, saved anew
    assert found.recovered["title"] == "a boat on a lake"


def test_a_changed_byte_breaks_the_credentials_and_the_watermark_tells_whose_it_was(ours, tmp_path):
    data = bytearray(ours[0].read_bytes())
    at = data.index(b"mdat") + 2000
    data[at] ^= 1
    (tmp_path / "changed.mp4").write_bytes(data)
    found = verify(tmp_path / "changed.mp4")
    assert found.credentials["state"] == "invalid" and found.verdict in (EDITED, BROKEN)
    assert (found.verdict == EDITED) == found.watermark["found"]


def test_credentials_put_on_another_film_are_broken(ours, tmp_path):
    strange = encode(picture_of(2), tmp_path / "other.mp4")
    sign(strange, Credentials("forged"))
    data = strange.read_bytes()
    (tmp_path / "other.mp4").write_bytes(data.replace(b"mdat", b"mdat", 1)[:-40] + bytes(40))
    found = verify(tmp_path / "other.mp4")
    assert found.verdict == BROKEN and not found.watermark["found"] and found.film is None


def test_somebody_elses_credentials(tmp_path, monkeypatch):
    path = encode(picture_of(3), tmp_path / "theirs.mp4")
    with monkeypatch.context() as patch:
        patch.setenv("VITASCOPE_HOME", str(tmp_path / "their-home"))
        sign(path, Credentials("theirs"))
    found = verify(path)
    assert found.verdict == ELSEWHERE and not found.credentials["ours"] and "word" in found.why[0]


def test_no_evidence_says_nothing(tmp_path):
    found = verify(encode(picture_of(4), tmp_path / "plain.mp4"))
    assert found.verdict == NONE and not found.watermark["found"] and "nothing about whether it is real" in found.why[0]
    assert verify(write(tmp_path / "picture.gif", picture_of(4, 1))).verdict == NONE


def test_a_replay_needs_a_film_that_is_named(tmp_path):
    found = verify(encode(picture_of(4), tmp_path / "plain.mp4"), make=lambda settings: picture_of(4))
    assert found.verdict == NONE and found.replay.same is None and "none was made again" in " ".join(found.why)


def test_long_films_are_looked_at_as_far_as_memory_goes(tmp_path, monkeypatch):
    path = encode(picture_of(4, 30), tmp_path / "long.mp4")
    assert len(beginning(path)[0]) == 30
    monkeypatch.setattr("vitascope.provenance.verify.HELD", 12 * SIZE[0] * SIZE[1] * 3)
    assert len(beginning(path)[0]) == 12


def write(path, frames):
    write_picture(path, frames, 8.0)
    return path


def test_a_mark_of_another_key_is_not_ours(tmp_path):
    marker, frames = Marker(SIZE, 1 + secrets.randbits(63), b"k" * KEY_BYTES), picture_of(5)
    path = encode(np.stack([marker.mark(f, i) for i, f in enumerate(frames)]), tmp_path / "theirs.mp4")
    assert verify(path).verdict == NONE
    found = verify(path, key=b"k" * KEY_BYTES)
    assert found.verdict == EDITED and "not in the register" in " ".join(found.why)


@pytest.mark.parametrize("name", ["film.png", "film.txt", "film", "film;rm -rf.webm"])
def test_a_wrong_name_does_not_matter(ours, tmp_path, name):
    shutil.copy(ours[0], tmp_path / name)
    assert verify(tmp_path / name).verdict == MADE_HERE


def hostile() -> dict[str, bytes]:
    picture = io.BytesIO()
    Image.fromarray(picture_of(6, 1)[0]).save(picture, "PNG")
    return {
        "empty": b"", "text": b"hello\n" * 50, "playlist": b"ffconcat version 1.0\nfile boat.mp4\n", "zeros": bytes(5000),
        "boxes": b"\x00\x00\x00\x18ftypisom" + bytes(12) + b"\xff\xff\xff\xffuuid" + os.urandom(4000),
        "endless": b"\x00\x00\x00\x00ftypmp42" + bytes(400), "cut picture": picture.getvalue()[:600],
        "svg": b"<svg onload='alert(1)'/>", "riff": b"RIFF\xff\xff\xff\xffWEBPC2PA" + bytes(900),
    }  # fmt: skip


@pytest.mark.parametrize("kind", hostile())
def test_hostile_files_are_a_verdict_or_one_sentence(tmp_path, kind):
    path = tmp_path / "file.mp4"
    path.write_bytes(hostile()[kind])
    try:
        found = verify(path)
    except ValueError as error:
        assert str(path) in str(error) and str(error).endswith(".") and "\n" not in str(error)
    else:
        assert found.verdict in (BROKEN, NONE) and found.why


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9, 0.999])
def test_truncated_films(ours, tmp_path, share):
    data = ours[0].read_bytes()
    (tmp_path / "part.mp4").write_bytes(data[: int(len(data) * share)])
    try:
        found = verify(tmp_path / "part.mp4")
    except ValueError as error:
        assert str(error).endswith(".")
    else:
        assert found.verdict in (BROKEN, EDITED, NONE) and found.credentials["state"] in ("invalid", "none")


def test_what_is_no_file(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere.mp4"):
        with pytest.raises(ValueError, match="not a file"):
            verify(path)


def test_every_kind_of_evidence_gives_a_verdict_and_a_reason():
    for manifest in STATES:
        for bits in range(16):
            ours_, marked, untouched, replayed = (bool(bits >> k & 1) for k in range(4))
            verdict, why = judge(Evidence(manifest, ours_, marked, None, untouched, replayed))
            assert verdict in VERDICTS and why and all(sentence.endswith(".") for sentence in why)
            if marked or untouched or replayed:
                assert verdict in (MADE_HERE, EDITED)
            if manifest == "invalid" and not (marked or untouched or replayed):
                assert verdict == BROKEN
    assert judge(Evidence("valid", ours=False))[0] == ELSEWHERE and judge(Evidence())[0] == NONE
    assert ManifestState("none").ours is False


# --- the command ------------------------------------------------------------------------------------------------------


def run(capsys, *arguments) -> tuple[int, str]:
    top = Parser(prog="vitascope")
    command.add(top.add_subparsers(parser_class=Parser))
    options = top.parse_args(["verify", *map(str, arguments)])
    return options.run(options), capsys.readouterr().out


def test_the_command_and_its_exit_status(ours, tmp_path, capsys):
    status, said = run(capsys, ours[0])
    assert status == 0 and "made here" in said and "a boat on a lake" in said
    status, said = run(capsys, ours[0], "--json")
    assert status == 0 and json.loads(said)["verdict"] == MADE_HERE
    plain = encode(picture_of(4), tmp_path / "plain.mp4")
    assert run(capsys, plain)[0] == 4
    (tmp_path / "text.mp4").write_text("hello")
    with pytest.raises(ValueError, match=r"text.mp4 is no .* file\.$"):  # which the command line says with status 2
        run(capsys, tmp_path / "text.mp4")


def test_titles_of_strangers_cannot_steer_the_terminal(tmp_path, capsys):
    path = encode(picture_of(9), tmp_path / "evil.mp4")
    sign(path, Credentials("\x1b[2J\x07evil\u202etxt"))
    assert not set(run(capsys, path)[1]) & {"\x1b", "\x07", "\u202e"}


# --- the register -----------------------------------------------------------------------------------------------------


def test_the_register_keeps_what_is_needed_and_finds_it(tmp_path):
    register = Register(tmp_path)
    film = register.record(0xFEDCBA9876543210, dict(prompt="a boat", seed=3, notes=["not kept"], size="64x64"), "ab" * 32, made=5.0)
    assert register[film.film_id] == film and film.about == dict(prompt="a boat", seed=3, size="64x64")
    assert register.of_file("ab" * 32) == film and register.of_file("") is None and len(register) == 1
    with pytest.raises(KeyError):
        register[1]
    for wrong in (0, 2**BITS, -1):
        with pytest.raises(ValueError, match="64 bits"):
            register.record(wrong, {})
    register.record(film.film_id, dict(prompt="again"), "cd" * 32, made=9.0)
    assert len(register) == 1 and register[film.film_id].about == dict(prompt="again") and register[film.film_id].made == 5.0


def test_many_write_at_once(tmp_path):
    ids = [1 + secrets.randbits(63) for _ in range(40)]
    threads = [threading.Thread(target=lambda part=ids[i::4]: [Register(tmp_path).record(k, dict(seed=1)) for k in part]) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {film.film_id for film in Register(tmp_path).latest()} == set(ids)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 7))
def test_an_id_with_wrong_bits_is_found_among_thousands(tmp_path_factory, seed, wrong):
    register = big_register(tmp_path_factory)
    rng = np.random.default_rng(seed)
    wanted = register.latest(2000)[int(rng.integers(2000))].film_id
    bits = np.unpackbits(np.frombuffer(wanted.to_bytes(8, "big"), np.uint8)).astype(float) * 2 - 1
    scores = bits * rng.uniform(2, 4, BITS)
    scores[rng.permutation(BITS)[:wrong]] *= -0.3  # a bit read wrongly was a weak one
    match = register.nearest(scores)
    assert match.film_id == wanted and match.p_value < 1e-6 and match.agreement == pytest.approx(1 - wrong / BITS)
    assert register.nearest(rng.normal(size=BITS)).p_value > 1e-6  # noise


def test_coded_signs_of_ids_at_random_keep_to_the_bound():
    rng = np.random.default_rng(2)
    scores = rng.normal(size=CODED) * rng.uniform(0.2, 3, CODED)
    signs = signs_of(rng.integers(1, 2**63, 20_000).astype(np.uint64), CODED)
    t = signs @ scores / np.linalg.norm(scores)
    for level in (1.0, 2.0, 3.0):
        assert (t >= level).mean() <= np.exp(-(level**2) / 2)
    assert t.max() < np.sqrt(2 * np.log(20_000 / 1e-3))


def test_a_worn_mark_is_looked_up_by_its_signs(tmp_path_factory):
    register, rng = big_register(tmp_path_factory), np.random.default_rng(3)
    wanted = register.latest(7)[-1].film_id
    signs = signs_of(np.array([wanted], np.uint64), CODED)[0]
    worn_ = np.where(rng.random(CODED) < 0.3, -1, 1) * signs * rng.uniform(0.5, 1, CODED)  # a third of the signs are wrong
    match = register.nearest(worn_)
    assert match.film_id == wanted and match.p_value < 1e-6 and 0.6 < match.agreement < 0.8


def big_register(factory, made={}):  # noqa: B006  one for all examples
    if not made:
        register, rng = Register(factory.mktemp("register")), np.random.default_rng(0)
        register.record(1, {})
        with sqlite3.connect(register.path) as db:
            db.executemany("INSERT INTO films VALUES (?, 0, '', '{}')", [(f"{int(k):016x}",) for k in rng.integers(2, 2**63, 2000)])
        made["register"] = register
    return made["register"]


def test_other_ids_count_too_and_an_empty_register_finds_nothing(tmp_path):
    register = Register(tmp_path)
    assert register.nearest(np.ones(BITS)) is None
    assert register.nearest(np.ones(BITS), others=[2**BITS - 1, 5]).film_id == 2**BITS - 1
    with pytest.raises(ValueError, match="64 or 480"):
        register.nearest(np.ones(3))


def test_a_damaged_register_is_one_sentence(tmp_path):
    (tmp_path / "films.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(ValueError, match="register of films .* move it away"):
        len(Register(tmp_path))


# --- replay -----------------------------------------------------------------------------------------------------------


def test_a_film_made_again_is_the_same_and_another_is_not():
    frames = picture_of(1)
    assert compare(frames, frames).same and compare(frames, frames).psnr == 99
    half = np.stack([cv2.resize(f, (128, 80), interpolation=cv2.INTER_AREA) for f in frames[2:9:2]])
    assert compare(half, frames).same is True
    assert compare(picture_of(2), frames).same is not True


def test_a_recorded_film_is_made_again_by_its_settings(studio, ours):
    from vitascope.tasks import text_to_video

    plain = dict(upscale=False, interpolate=False)
    film = studio.with_(**plain).make(text_to_video("a boat on a lake", seconds=1, size=(96, 64), fps=8))

    def make(settings):
        kept = ("seed", "num_inference_steps", "expand", "upscale", "interpolate", "guidance_scale", "sketch_strength")
        again = studio.with_(**{name: settings[name] for name in kept})
        w, h = (int(side) for side in settings["size"].split("x"))
        return again.make(text_to_video(settings["prompt"], seconds=settings["seconds"], size=(w, h), fps=settings["fps"])).clip.frames

    about = Register().record(1 + secrets.randbits(63), film.report).about
    assert replay(film.clip.frames, about, make).psnr == 99
    assert settings_of(about)["seed"] == studio.settings.seed
    assert verify(ours[0], make=lambda settings: ours[2]).replay.same  # the copy has the mark in it, the remade film not yet


@pytest.mark.parametrize("about", [{}, dict(prompt="a boat"), dict(prompt="a boat", seed=1, task="extend"),
                                   dict(prompt="@milo", seed=1, sources=[dict(id="user/milo")])])  # fmt: skip
def test_what_cannot_be_made_again_says_why(about):
    with pytest.raises(ValueError, match=r"again|little"):
        settings_of(about)
    assert replay(picture_of(1), about, lambda settings: picture_of(1)).same is None
