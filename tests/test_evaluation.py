"""The bench: measures that are right on cases that are known, a judge that can be asked, a page that can be read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from vitascope.evaluation import judge as j  # noqa: E402
from vitascope.evaluation import latest, report, table  # noqa: E402
from vitascope.evaluation import renders as r  # noqa: E402
from vitascope.evaluation.bench import ask, judged, said, suite  # noqa: E402
from vitascope.evaluation.features import Features  # noqa: E402
from vitascope.evaluation.metrics import flicker, frechet, psnr, share, ssim  # noqa: E402
from vitascope.evaluation.page import write_page, write_sheets  # noqa: E402
from vitascope.evaluation.painting import frechet_distances, nearer  # noqa: E402
from vitascope.evaluation.report import COLUMNS  # noqa: E402
from vitascope.library import Library  # noqa: E402


@pytest.fixture(scope="module")
def library():
    return Library()


def noise(seed=0, t=5):
    return np.random.default_rng(seed).integers(0, 256, (t, 32, 48, 3), dtype=np.uint8)


def test_psnr_and_ssim_of_the_same_and_of_another():
    a, b = noise(0), noise(1)
    assert psnr(a, a) == 99 and ssim(a, a) > 0.999
    assert psnr(a, b) < 10 and ssim(a, b) < 0.2
    assert abs(psnr(np.zeros((1, 8, 8, 3), np.uint8), np.full((1, 8, 8, 3), 255, np.uint8))) < 1e-6


def test_flicker_is_zero_for_even_change():
    ramp = (np.arange(6, dtype=np.uint8) * 10)[:, None, None, None] * np.ones((1, 4, 4, 3), np.uint8)
    assert flicker(ramp) == 0 and flicker(noise()) > 50 and flicker(noise(t=2)) == 0


@given(st.lists(st.booleans(), min_size=1, max_size=200))
def test_intervals_hold_their_share(hits):
    s = share(hits)
    assert 0 <= s["low"] <= s["value"] <= s["high"] <= 1 and s["n"] == len(hits)


def test_frechet_distance_of_shifted_gaussians():
    rng = np.random.default_rng(0)
    a = rng.standard_normal((4000, 3))
    assert frechet(a, a) < 1e-6
    assert abs(frechet(a, a + 2) - 12) < 1e-6
    assert abs(frechet(a, 3 * a) - 3 * 4) < 0.5  # tr(C + 9C - 6C) = 4 tr C


def test_the_judge_answers_every_question_about_any_film(library):
    model = j.Judge().eval()
    logits, cells = model.look(r.to_input(np.stack([noise(0, 17), noise(1, 17)])))
    assert {k: v.shape[1] for k, v in logits.items()} == r.QUESTIONS
    vectors = model.recall(r.pictures_of(library, ["noto/1f98a", "3d/1f419"]))
    assert torch.allclose(vectors.norm(dim=1), torch.ones(2), atol=1e-5)
    assert model.match(cells, vectors).shape == (2, 2)


def test_judge_batches_are_renders_with_their_answers():
    a, b = r.batch(3, 3), r.batch(3, 3)
    assert a["film"].shape == (3, r.FRAMES, r.HEIGHT, r.WIDTH, 3) and np.array_equal(a["film"], b["film"])
    assert all((a[name] < n).all() and (a[name] >= 0).all() for name, n in r.QUESTIONS.items())
    assert (a["cell"] < 24).all() and (a["cell"] >= -1).all()
    value, metrics = j.loss(j.Judge(), {k: torch.from_numpy(v) for k, v in a.items()})
    assert torch.isfinite(value) and set(metrics) == {"subject", "cell", *r.QUESTIONS}


def test_a_lineup_is_of_one_style_and_has_one_right_answer(library):
    ids = r.lineup(library, "noto/1f98a", ["noto/1f98a", "noto/1f419"], np.random.default_rng(0))
    assert ids[0] == "noto/1f98a" and len(set(ids)) == r.CANDIDATES and "noto/1f419" not in ids
    assert {r.drawn_as(library, i) for i in ids} == {"noto"}


def test_whereabouts_find_the_subject_in_the_picture(library):
    from dataclasses import replace

    from vitascope.director.stage import Life, render_plan

    case = suite(4, library)[0]
    shot = case.plan.shots[0]
    spots = r.whereabouts(case.plan, shot.subjects[0].reference, (128, 80))
    alone = replace(case.plan, shots=(replace(shot, subjects=shot.subjects[:1]),))
    nobody = replace(case.plan, shots=(replace(shot, subjects=()),))
    with_it, without = (render_plan(plan, library, (128, 80), Life.none()) for plan in (alone, nobody))
    pick = np.linspace(0, shot.num_frames - 1, r.FRAMES).round().astype(int)
    for spot, changed in zip(spots, (with_it[pick] != without[pick]).any(-1)):
        if not np.isnan(spot[0]):
            y, x = np.nonzero(changed)
            assert abs(x.mean() / 128 - spot[0]) < 0.1 and abs(y.mean() / 80 - spot[1]) < 0.15


def test_only_what_a_prompt_says_is_asked():
    assert said("camera", "pan left", "A fox runs, the camera pans left.") and not said("camera", "still", "A fox runs.")


def test_a_judge_that_only_guesses_is_not_asked():
    accuracy = {name: 0.5 for name in j.QUESTIONS} | {f"{name} by guessing": 0.45 for name in j.QUESTIONS}
    assert j.unanswered(accuracy) == list(j.QUESTIONS)
    assert "scene" not in j.unanswered(accuracy | {"scene": 0.8})


def test_the_suite_is_fixed_and_half_of_it_was_never_trained_on(library):
    a, b = suite(8, library), suite(8, library)
    assert [c.prompt for c in a] == [c.prompt for c in b]
    assert [c.split for c in a] == ["train"] * 4 + ["held_out"] * 4


def test_a_whole_report_from_stand_in_films(library, tmp_path):
    from vitascope.director.stage import Life, render_plan

    cases, model = suite(4, library), j.Judge().eval()
    for case in cases:
        real, animatic = (render_plan(case.plan, library, (64, 48), life) for life in (Life.full(), Life.none()))
        case.films = dict(films=real, sketched=animatic, painted=real, animatic=animatic, real=real)
        assert set(ask(model, real, case, library, np.random.default_rng(0))) >= {"subject_right", "scene_right", "identity"}
    columns = {c: judged(model, cases, c, library) for c in COLUMNS}
    features = Features(model)
    painting = nearer(cases, library, features)
    assert painting["psnr_to_real"]["everywhere"]["painted"] == 99
    assert all(row["painted_nearer"]["value"] == 1 for row in painting["psnr_to_real"].values())
    assert painting["feature_distance"]["painted"] == 0 < painting["feature_distance"]["animatic"]
    frechet = frechet_distances(cases, ("painted", "animatic", "real"), library, features)
    assert frechet["painted"] == frechet["real"] > 0
    made = dict(films=4, date="2026-01-01", judge_accuracy={"subject": 0.5}, columns=columns, painting=painting,
                  flicker={"real": 1.0}, frechet=frechet, autoencoder={"renders": {"psnr": 30.0}})  # fmt: skip
    page = write_page(tmp_path / "page.html", made, cases).read_text()
    assert len(write_sheets(tmp_path / "q", cases)) == 2
    assert page.count("<img") == 20 and "subject_right" in table(made) and "src=\"data:image/webp" in page


def test_no_report_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "__file__", str(tmp_path / "x.py"))
    with pytest.raises(ValueError, match="Nothing was measured yet"):
        latest(tmp_path)


def slid(dx=0.0, dy=0.0, zoom=1.0, sprite=0):
    """A film of a smooth picture under a moving camera, with a patch that moves against it."""
    import cv2

    rng = np.random.default_rng(4)
    place = cv2.resize(rng.integers(0, 256, (20, 30, 3), dtype=np.uint8), (240, 160), interpolation=cv2.INTER_CUBIC)
    patch = cv2.resize(rng.integers(0, 256, (6, 6, 3), dtype=np.uint8), (24, 24), interpolation=cv2.INTER_CUBIC)
    film = []
    for i in range(9):
        k = zoom**i
        move = np.float32([[k, 0, 64 - 120 * k - dx * i], [0, k, 40 - 80 * k - dy * i]])
        frame = cv2.warpAffine(place, move, (128, 80))
        if sprite:
            x = 52 + sprite * (i - 4)
            frame[30:54, x : x + 24] = patch
        film.append(frame)
    return np.stack(film)


@pytest.mark.parametrize(
    ("film", "camera"),
    ((dict(), "still"), (dict(dx=3), "pan right"), (dict(dx=-3), "pan left"), (dict(dy=2), "tilt down"), (dict(dy=-2), "tilt up"),
     (dict(zoom=1.04), "zoom in"), (dict(zoom=1 / 1.04), "zoom out")),
)  # fmt: skip
def test_the_camera_is_seen_in_the_flow(film, camera):
    from vitascope.evaluation.flow import camera_of, motions

    assert camera_of(motions(slid(**film))[0]) == camera


@pytest.mark.parametrize(("step", "way"), ((3, "right"), (-3, "left")))
def test_the_way_of_what_moves_is_seen_under_a_moving_camera(step, way):
    from vitascope.evaluation.flow import motions, way_of

    assert way_of(motions(slid(dx=1, sprite=step))[1]) == way
