"""The best of several tries, with the real model at a small size."""

import numpy as np
import pytest

from vitascope import best
from vitascope.best import BestOf, Repainter
from vitascope.studio import Settings, Studio
from vitascope.tasks import Layout, text_to_video
from vitascope.timeline import Piece, Timeline


@pytest.fixture(scope="module")
def studio():
    return Studio(Settings(seed=3, num_inference_steps=1, upscale=False, interpolate=False, threads=1))


def maker(studio, seconds=2.0):
    return lambda: studio.stream(text_to_video("a red bus drives to the right in a city", seconds=seconds, size=(64, 64), fps=8))


@pytest.fixture(scope="module")
def film(studio):
    film = BestOf(maker(studio), 3)
    early = film.film_id
    return film, np.concatenate([segment.frames for segment in film]), early


def test_every_try_is_reported_and_the_best_is_kept(film):
    film, frames, early = film
    report = film.report
    tries = report["best_of"]["tries"]
    assert len(tries) == 3 and report["best_of"]["kept"] == int(np.argmin([t["overall"] for t in tries]))
    assert tries[0]["seed"] is None and tries[1]["seed"] != tries[2]["seed"]
    assert set(report["flaws"]) == set(tries[0]["scores"])
    assert frames.shape == (17, 64, 64, 3) or len(frames) == film.layout.num_frames
    assert film.film_id == early and report["film_id"] == f"{early:016x}"


def test_the_same_again_is_the_same(studio, film):
    again = np.concatenate([segment.frames for segment in BestOf(maker(studio), 3)])
    assert (again == film[1]).all()


def test_windows_before_the_worst_one_stay(studio):
    first = maker(studio, 5.0)()
    painter = Repainter(studio.part("generator"))
    how = dict(steps=1, guidance_scale=1.0)
    one = np.concatenate([c.frames for c in painter.paint(first.conditions, seed=3, **how)])
    later = Repainter(studio.part("generator"), painter.made, frame=30, seed=99)
    two = np.concatenate([c.frames for c in later.paint(first.conditions, seed=3, **how)])
    assert later.first > 0
    kept = 4 * (4 * later.first - 2)  # frames that no later latent has a part in
    assert (one[: kept - 8] == two[: kept - 8]).all() and (one[30:] != two[30:]).any()


def test_one_try_is_the_film_as_it_was(studio):
    plain = np.concatenate([segment.frames for segment in maker(studio)()])
    assert (np.concatenate([segment.frames for segment in BestOf(maker(studio), 1)]) == plain).all()


@pytest.mark.parametrize("tries", [0, 17])
def test_a_number_of_tries_out_of_range(studio, tries):
    with pytest.raises(ValueError, match="--best-of"):
        BestOf(maker(studio), tries)


def test_footage_is_not_painted_again(studio):
    clip = np.zeros((9, 64, 64, 3), np.uint8)
    line = Timeline(17, (64, 64), 8.0, ((0, "a bus"),), pieces=(Piece(0, clip),))
    with pytest.raises(ValueError, match="words alone"):
        BestOf(lambda: studio.stream(Layout(line)), 2)
    assert best.MOST == 16
