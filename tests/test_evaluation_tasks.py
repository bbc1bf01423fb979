"""The bench of tasks: gaps that are where they should be, methods that see only what is known, results that outlive a stop."""

import importlib
import io
import json
import tarfile
import time
import zipfile

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.clip import Clip
from vitascope.evaluation import (
    continuity,
    filling,
    one_film,
    real_footage,
    regions,
    staying,
    tasks,
    tasks_page,
    tasks_report,
)
from vitascope.evaluation.report import latest
from vitascope.finishing import Interpolator


def moving(count=12, fps=8.0, size=(64, 48)) -> Clip:
    """A bright square that moves two pixels a frame over a pattern."""
    w, h = size
    y, x = np.mgrid[:h, :w]
    ground = (90 + 40 * np.sin(x / 5) + 30 * np.cos(y / 4)).astype(np.uint8)
    frames = np.repeat(np.repeat(ground[None, :, :, None], 3, 3), count, 0)
    for i in range(count):
        frames[i, 16:32, 8 + 2 * i : 24 + 2 * i] = (250, 210, 60)
    return Clip(frames, fps)


@given(count=st.integers(1, 400), fps=st.floats(1, 60), seconds=st.sampled_from((None, *filling.PASSAGES)))
@settings(max_examples=80, deadline=None)
def test_gaps_lie_between_known_frames_and_apart(count, fps, seconds):
    spans = filling.gaps(Clip(np.zeros((count, 1, 1, 3), np.uint8), fps), seconds)
    edges = [0, *(edge for span in spans for edge in span), count]
    assert all(a < b for a, b in zip(edges, edges[1:])) or not spans
    assert all(b - a == (1 if seconds is None else max(1, round(seconds * fps))) for a, b in spans)


def test_every_method_keeps_what_is_known_and_reads_nothing_else():
    clip, spans = moving(), [(3, 5), (7, 8)]
    bad = filling.damaged(clip, spans)
    missing = filling.missing_of(len(clip), spans)
    assert not bad.frames[missing].any() and (bad.frames[~missing] == clip.frames[~missing]).all()
    a, b = (filling.baselines(c, spans, Interpolator(1)) for c in (clip, bad))
    for name in filling.SIMPLE:
        assert (a[name] == b[name]).all() and (a[name][~missing] == clip.frames[~missing]).all()
    row = filling.compare(a | {"ours": clip.frames}, clip, spans)
    assert row["rife"]["psnr"] > row["freeze"]["psnr"] and row["ours"]["psnr"] == 99
    assert row["known_changed"] == 0 and row["gain"] > 0 and row["frames"] == 3
    changed = clip.frames.copy()
    changed[0, 0, 0, 0] ^= 1
    assert filling.compare(a | {"ours": changed}, clip, spans)["known_changed"] == 1


def test_members_of_packages_are_found_or_missed_in_one_sentence(tmp_path):
    path = tmp_path / "a.whl"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("data/clip.mp4", b"film")
    assert dict(real_footage.members(path, {"data/clip.mp4"})) == {"data/clip.mp4": b"film"}
    with pytest.raises(ValueError, match="does not hold data/other.mp4"):
        dict(real_footage.members(path, {"data/other.mp4"}))


def test_members_of_a_debian_package(tmp_path):
    path = tmp_path / "a.deb"
    path.write_bytes(debian({"usr/share/clip.avi": b"film"}))
    assert dict(real_footage.members(path, {"usr/share/clip.avi"})) == {"usr/share/clip.avi": b"film"}


def debian(files: dict[str, bytes]) -> bytes:
    """A Debian package: an ar archive of a version, control.tar and data.tar."""

    def packed(entries: dict[str, bytes]) -> bytes:
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w") as tar:
            for name, content in entries.items():
                entry = tarfile.TarInfo("./" + name)
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
        return data.getvalue()

    about = {"control": b"Package: a\nVersion: 1\nArchitecture: all\nMaintainer: A <a@a>\nDescription: a\n"}
    out = b"!<arch>\n"
    for name, content in (("debian-binary", b"2.0\n"), ("control.tar", packed(about)), ("data.tar", packed(files))):
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode() + content + b"\n" * (len(content) % 2)
    return out


def test_shots_are_cut_and_shrunk(tmp_path):
    moving(12).write(tmp_path / "a.mp4")
    shot = real_footage.Shot("a", "a.mp4", "a square", 2, 10, width=32)
    clip = real_footage.read_shot(shot, {"a.mp4": tmp_path / "a.mp4"})
    assert len(clip) == 8 and clip.size == (32, 24)


def test_a_measured_case_is_kept_and_measured_anew_for_other_weights(tmp_path):
    measured = []
    case = tasks.Case("fill", "a clip, 0.5 s", lambda: measured.append(1) or dict(value=3))
    first = tasks.run_case(case, tmp_path, "weights")
    assert tasks.run_case(case, tmp_path, "weights") == first and len(measured) == 1
    assert tasks.run_case(case, tmp_path, "others")["stamp"] == "others" and len(measured) == 2
    assert [p.name for p in tmp_path.iterdir()] == ["fill-a-clip-0.5-s.json"]


def test_parts_are_chosen_by_name():
    assert tasks.chosen(None) == list(tasks.PARTS) and tasks.chosen("fill, ") == ["fill"]
    with pytest.raises(ValueError, match="no part 'feel'"):
        tasks.chosen("feel")


def row_of(gain: float, **more) -> dict:
    cells = {name: dict(psnr=30.0, ssim=0.9) for name in (*filling.SIMPLE, "ours")}
    return cells | dict(case="a, 1 s", gap=1.0, frames=8, best="rife", gain=gain, known_changed=0) | more


def test_a_report_says_which_goals_are_reached(tmp_path):
    report = dict(date="2026-11-24T12:00:00", quick=False, cores=2, rows=dict(fill=[row_of(0.4), row_of(-0.5)]))
    told = tasks_report.table(report)
    assert "1 of 2" in told and "NOT reached" in told and "worse than rife" in told and "better than rife" in told
    assert [f[3] for f in tasks_report.figures(report)] == [False, False, True]
    (tmp_path / "tasks-1.json").write_text(json.dumps(report))
    assert latest(tmp_path, "tasks") == report


def test_films_stand_side_by_side_on_the_page(tmp_path):
    short, long = moving(3).frames, moving(5, size=(320, 200)).frames
    film = tasks_page.side_by_side(dict(truth=short, ours=long), np.array([False, True, False, False, False]))
    assert film.shape == (5, 20 + 192, 2 * tasks_page.WIDTH, 3)
    assert (film[1, 18, 300] == tasks_page.MARK).all() and not (film[0, 18, 300] == tasks_page.MARK).all()
    report = dict(date="2026-11-24", quick=False, cores=2, rows=dict(fill=[row_of(0.4, film="tasks/a.mp4")]))
    page = tasks_page.write_page(tmp_path / "a.html", report).read_text()
    assert 'src="tasks/a.mp4"' in page and "30.00 0.900" in page


def test_seams_inside_windows_are_told_from_those_at_joins():
    film = moving(34).frames.copy()
    assert 0.5 < continuity.seams_inside(film, [17])["ratio"] < 1.5
    film[17:] = film[17:] // 2
    assert continuity.seams_inside(film, [17])["ratio"] > 3
    assert continuity.seams(film, [17])["worst_seam"] > 2 and continuity.seams(film, [10])["seam"] < 1.3


def test_drift_tells_blur_and_a_frozen_tail():
    film = moving(24).frames
    soft = np.stack([cv2.GaussianBlur(f, (0, 0), 2) for f in film])
    assert continuity.drift(film, film)["sharpness"] == 1 and continuity.drift(soft, film)["sharpness"] < 0.7
    still = np.repeat(film[:1], 24, 0)
    assert continuity.drift(still, film)["frozen"] == 1 and continuity.drift(film, film)["frozen"] == 0


@given(count=st.integers(1, 20), w=st.integers(16, 80), h=st.integers(16, 80))
@settings(max_examples=30, deadline=None)
def test_rectangles_lie_inside_the_picture(count, w, h):
    for masks in (regions.standing, regions.moving):
        mask = masks(count, w, h)
        assert mask.shape == (count, h, w) and (mask.sum((1, 2)) == (w // 4) * (h // 4)).all()


def test_subjects_are_matched_to_their_own_beginnings():
    rng = np.random.default_rng(0)
    marks = {name: rng.standard_normal(32) for name in "abc"}
    ends = {name: [mark, mark + 0.1 * rng.standard_normal(32)] for name, mark in marks.items()}
    assert all(hit for hit, _ in staying.matched(ends).values())
    ends["a"][1], ends["b"][1] = ends["b"][1], ends["a"][1]
    found = staying.matched(ends)
    assert found["a"] == (False, "b") and found["c"] == (True, "c") and staying.matched({}) == {}


def test_the_ends_of_a_subject_lie_where_it_is_seen():
    places = {k: (20.0, 20.0, 10.0) for k in range(10, 90)}
    first, last = staying.at_ends([[0, 30], [70, 95]], places, 8)
    assert first[0] == 10 and first[-1] <= 17 and last[-1] == 89 and last[0] > 81 and len(first) == staying.LOOKS
    assert staying.at_ends([], places, 8) == ([], []) and staying.at_ends([[10, 12]], places, 8)[1] == []
    frame = moving(1).frames[0]
    assert staying.crop(frame, (1.0, 47.0, 30.0)).shape == (staying.CROP, staying.CROP, 3)


def test_one_film_says_what_it_took(tmp_path):
    order = dict(prompt="a cat walks", seconds=1, size="64x64", fps=8, seed=1, threads=1, upscale=False, interpolate=False,
                 born=time.time(), keep=str(tmp_path / "a.npy"))  # fmt: skip
    first, second = one_film.film(order), one_film.film(order)
    assert first["digest"] == second["digest"] and 0 < first["first"] <= first["whole"] and first["memory"] > 50
    assert np.load(tmp_path / "a.npy").shape == (8, 64, 64, 3)


def test_every_part_has_its_cases_title_and_figures():
    for part, (module, function) in tasks.PARTS.items():
        assert hasattr(importlib.import_module(f"vitascope.evaluation.{module}"), function)
        assert part in tasks_report.TITLES and part in tasks_report.FIGURES
        assert part in tasks_report.TABLES or part in tasks_report.SHOWN


HELD = dict(known_changed=0, seam=1.02, worst_seam=1.3, flicker=2.0, flicker_filmed=2.1)
ROWS = dict(
    region=[dict(case="a", frames=5, inpaint=dict(psnr=20.0, ssim=0.9), ours=dict(psnr=22.0, ssim=0.91), gain=2.0, known_changed=0)],
    extend=[dict(HELD, case="a", extensions=10, colour=1.0, sharpness=0.8, motion=0.9, frozen=0.0)],
    bridge=[dict(HELD, case="a")],
    long=[dict(case="base size, 8 fps", seconds=60.0, took=29.0, first=3.0, first_of_long=3.1, memory=800, memory_short=790, memory_ratio=1.01,
               core_seconds=40.0, core_seconds_shorts=41.0, busy_elsewhere=2.0, measured_shorts=5, cost_ratio=0.98, seams=dict(at_joins=2.0, inside=1.9, joins=29, ratio=1.05, beat_ratio=1.0)),
          dict(case="resumed", windows_kept=2, made=9.0, made_again=6.0, identical=True)],
    subject=[dict(case="8 films", measured=8, seconds=60.0, guessing=0.125, still_itself=dict(value=0.875, n=8), of_animatic=dict(value=1.0, n=8))],
    steps=[dict(case="a", features="f", columns={s: dict(psnr=25.0, psnr_alive=None, feature_distance=0.3, sharpness=0.9, subject=dict(value=0.5, n=8))
                                                 for s in ("real", "4", "32")})],
)  # fmt: skip


def test_figures_stand_beside_their_goals():
    report = dict(date="2026-11-24", quick=False, cores=2, rows=ROWS)
    met = {what: reached for what, _, _, reached in tasks_report.figures(report)}
    assert met["long: 60 s, base size, 8 fps"] and met["long: resumed after kill -9, the same bytes"]
    assert met["subject: still itself after 60 s (guessing: 12%)"] is False
    told = tasks_report.table(report)
    assert all(title in told for part, title in tasks_report.TITLES.items() if part in ROWS)


def test_frames_known_among_missing_ones_stay_as_they_are(tmp_path):
    clip = moving(16, fps=24.0)  # three frames of the film to one of the model's, so known frames lie between those
    spans = filling.gaps(clip, None)
    filled, notes = tasks.Bench(tmp_path, threads=1).fill(filling.damaged(clip, spans), spans)
    row = filling.compare(filling.baselines(clip, spans, Interpolator(1)) | {"ours": filled}, clip, spans)
    assert row["known_changed"] == 0 and row["ours"]["psnr"] > row["freeze"]["psnr"] and notes
