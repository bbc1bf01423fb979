"""The bench: measures that are right on cases that are known, a judge that can be asked, a page that can be read."""

import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from vitascope.evaluation import judge as j  # noqa: E402
from vitascope.evaluation import latest, table  # noqa: E402
from vitascope.evaluation.metrics import flicker, frechet, psnr, share, ssim  # noqa: E402
from vitascope.evaluation.page import write_page  # noqa: E402
from vitascope.evaluation.quality import COLUMNS, ask, judged, nearer, suite  # noqa: E402
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
    logits, cells = model.look(j.to_input(np.stack([noise(0, 17), noise(1, 17)])))
    assert {k: v.shape[1] for k, v in logits.items()} == j.QUESTIONS
    vectors = model.recall(j.pictures_of(library, ["noto/1f98a", "3d/1f419"]))
    assert torch.allclose(vectors.norm(dim=1), torch.ones(2), atol=1e-5)
    assert model.match(cells, vectors).shape == (2, 2)


def test_judge_batches_are_renders_with_their_answers():
    a, b = j.batch(3, 3), j.batch(3, 3)
    assert a["film"].shape == (3, j.FRAMES, 3, j.HEIGHT, j.WIDTH) and np.array_equal(a["film"], b["film"])
    assert all((a[name] < n).all() and (a[name] >= 0).all() for name, n in j.QUESTIONS.items())


def test_the_suite_is_fixed_and_half_of_it_was_never_trained_on(library):
    a, b = suite(8, library), suite(8, library)
    assert [c.prompt for c in a] == [c.prompt for c in b]
    assert [c.split for c in a] == ["train"] * 4 + ["held_out"] * 4


def test_a_whole_report_from_stand_in_films(library, tmp_path):
    from vitascope.director.stage import Life, render_plan

    cases, model = suite(4, library), j.Judge().eval()
    for case in cases:
        real, animatic = (render_plan(case.plan, library, (64, 48), life) for life in (Life.full(), Life.none()))
        case.films = dict(films=real, painted=real, animatic=animatic, real=real)
        assert set(ask(model, real, case, library, np.random.default_rng(0))) >= {"subject_right", "scene_right", "identity"}
    columns = {c: judged(model, cases, c, library) for c in COLUMNS}
    painting = nearer(model, cases)
    assert painting["painted_psnr_to_real"] == 99 and painting["painted_nearer_in_pixels"]["value"] == 1
    report = dict(films=4, date="2026-01-01", judge_accuracy={"subject": 0.5}, columns=columns, painting=painting,
                  flicker={"real": 1.0}, autoencoder={"renders": {"psnr": 30.0}})  # fmt: skip
    page = write_page(tmp_path / "page.html", report, cases).read_text()
    assert page.count("<img") == 16 and "subject_right" in table(report) and "src=\"data:image/webp" in page


def test_no_report_is_told(tmp_path, monkeypatch):
    # The package's name `quality` is the function; the module of that name is found by its full name.
    monkeypatch.setattr(sys.modules["vitascope.evaluation.quality"], "__file__", str(tmp_path / "x.py"))
    with pytest.raises(ValueError, match="Nothing was measured yet"):
        latest(tmp_path)
