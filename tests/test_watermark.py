"""The watermark in real films: what survives, what is claimed of chance, and what users may do wrong."""

import math
import stat
import subprocess
import sys

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitascope.evaluation.provenance_attacks import chain, cropped, encoded, jpeg, one_frame, scaled, slower, turned
from vitascope.media import VideoWriter, read_frames
from vitascope.provenance import codes
from vitascope.provenance.detect import Averages
from vitascope.provenance.marking import COARSE, FINE, LOWEST_PSNR, PILOT, cells_along, cells_of
from vitascope.provenance.synchronise import SIDE, Geometry, all_scores, chance
from vitascope.provenance.watermark import CHANCE, Marker, detect, load_key

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
ID = 0xFEDC_BA98_0123_4567
SIZE = 256, 160
IDS = st.integers(1, 2**64 - 1)


def psnr(a, b) -> float:
    return 10 * math.log10(255**2 / max(1e-9, float(np.square(a.astype(float) - b).mean())))


def mark(frames, film_id: int = ID, key: bytes = KEY):
    marker = Marker(frames.shape[2:0:-1], film_id, key)
    return np.stack([marker.mark(frame, index) for index, frame in enumerate(frames)])


@pytest.fixture(scope="module")
def plain():
    """A disc rolls over a meadow below a sky: flat as a cartoon, and the camera stands still."""
    ground = cv2.resize(np.uint8([[[90, 150, 220]], [[170, 200, 230]], [[80, 140, 70]], [[60, 110, 50]]]), SIZE, interpolation=cv2.INTER_LINEAR)
    return np.stack([cv2.circle(ground.copy(), (30 + 12 * i, 90), 25, (200, 60, 40), -1, cv2.LINE_AA) for i in range(15)])


@pytest.fixture(scope="module")
def marked(plain):
    return mark(plain)


# The code


@settings(max_examples=3, deadline=None)
@given(IDS, st.integers(0, 2**32 - 1))
def test_an_id_is_read_though_a_quarter_of_its_signs_is_wrong(film_id, seed):
    rng = np.random.default_rng(seed)
    signs = codes.encode(film_id).astype(float)
    signs[rng.permutation(codes.CODED)[: codes.CODED // 5]] *= -1
    read, soft = codes.decode(signs)
    assert read == film_id
    assert int("".join("1" if s > 0 else "0" for s in soft), 2) == film_id


def test_noise_is_no_id():
    rng = np.random.default_rng(3)
    assert [codes.decode(rng.normal(size=codes.CODED))[0] for _ in range(2)] == [None] * 2


@settings(max_examples=20, deadline=None)
@given(IDS, IDS)
def test_ids_are_coded_alike_in_numbers_and_far_apart(a, b):
    both = codes.encode([a, b])
    assert (both[0] == codes.encode(a)).all() and set(np.unique(both)) <= {-1, 1}
    assert a == b or (both[0] != both[1]).mean() > 0.1


# The key


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path):
    key = load_key(tmp_path)
    assert len(key) == 32 and load_key(tmp_path) == key and load_key(tmp_path / "..") != key
    assert stat.S_IMODE((tmp_path / "watermark.key").stat().st_mode) == 0o600
    (tmp_path.parent / "watermark.key").unlink()


def test_processes_that_come_first_at_once_share_one_key(tmp_path):
    code = "import sys, pathlib; from vitascope.provenance.keys import load_key; print(load_key(pathlib.Path(sys.argv[1])).hex())"
    running = [subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert len({process.communicate()[0] for process in running}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["watermark.key"]


def test_a_damaged_key_is_not_replaced(tmp_path):
    (tmp_path / "watermark.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="bring the right one back"):
        load_key(tmp_path)
    with pytest.raises(ValueError, match="watermark key"):
        Marker(SIZE, ID, b"short")


# The mark


@settings(max_examples=15, deadline=None)
@given(st.integers(16, 90), st.integers(16, 90), st.sampled_from(["flat", "noise", "white", "black", "stripes"]), IDS)
def test_every_frame_stays_above_forty_decibels(width, height, kind, film_id):
    rng = np.random.default_rng(width * height)
    frame = {
        "flat": lambda: np.full((height, width, 3), 90),
        "noise": lambda: rng.integers(0, 256, (height, width, 3)),
        "white": lambda: np.full((height, width, 3), 255),
        "black": lambda: np.zeros((height, width, 3)),
        "stripes": lambda: np.broadcast_to((np.arange(width) % 4 < 2)[None, :, None] * 255, (height, width, 3)),
    }[kind]().astype(np.uint8)
    before = frame.copy()
    marker = Marker((width, height), film_id, KEY)
    done = marker.mark(frame, 0)
    assert (frame == before).all() and done.dtype == np.uint8 and done.shape == frame.shape
    assert psnr(frame, done) > min(LOWEST_PSNR - 0.4, 40) and (done != frame).any()
    assert (marker.mark(frame, 7) == done).all()


def test_the_mark_differs_by_key_and_by_film_in_half_of_its_cells(plain):
    square = cells_of(KEY).square(ID)
    assert set(np.unique(square)) == {-1, 1} and np.count_nonzero(cells_of(KEY).pilot) == PILOT
    assert 0.4 < (square == cells_of(OTHER).square(ID)).mean() < 0.6
    assert (mark(plain[:1]) != mark(plain[:1], ID + 1)).any()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Marker(SIZE, 0, KEY), "64 bits"),
        (lambda: Marker(SIZE, 2**64, KEY), "64 bits"),
        (lambda: Marker((12, 160), ID, KEY), "no room"),
        (lambda: Marker(SIZE, ID, KEY, strength=0), "strength"),
        (lambda: Marker(SIZE, ID, KEY).mark(np.zeros((160, 250, 3), np.uint8)), "A frame is"),
        (lambda: Marker(SIZE, ID, KEY).mark(np.zeros((160, 256, 3), np.float32)), "A frame is"),
        (lambda: detect(np.zeros((0, 160, 256, 3), np.uint8), key=KEY), "looked for"),
        (lambda: detect(np.zeros((160, 256, 3), np.uint8), key=KEY), "looked for"),
    ],
)
def test_what_cannot_be_marked_or_read_is_said_in_one_sentence(make, said):
    with pytest.raises(ValueError, match=said):
        make()


# Copies


def test_a_film_on_disk_gives_its_id_back(marked, tmp_path):
    with VideoWriter(tmp_path / "film.mp4", SIZE, 15, crf=23) as writer:
        for frame in marked:
            writer.append(frame)
    frames, fps = read_frames(tmp_path / "film.mp4")
    seen = detect(frames, fps, KEY)
    assert seen.found and seen.film_id == ID and seen.p_value < 1e-15 and seen.agreement > 0.6
    assert seen.to_dict()["film_id"] == f"{ID:016x}" and not seen.to_dict()["mirrored"]
    assert abs(seen.geometry.scale - 1) < 0.02 and seen.geometry.cells == COARSE


COPIES = {
    "crf 28": encoded(28),
    "mirrored": chain(lambda frames: frames[:, :, ::-1], encoded(23)),
    "turned": chain(turned(3), encoded(23)),
    "cropped": chain(cropped(0.1), encoded(23)),
    "larger": chain(scaled(1.7), encoded(23)),
    "smaller": chain(scaled(0.7), encoded(20)),
    "stretched": scaled(1.1, 0.9),
    "fewer": chain(slower(15, 8), encoded(28)),
    "one": chain(one_frame, jpeg(75)),
}


@pytest.mark.parametrize("name", COPIES)
def test_changed_copies_are_known(marked, name):
    seen = detect(COPIES[name](marked), key=KEY)
    assert seen.found and seen.p_value <= CHANCE
    assert seen.geometry.mirrored == (name == "mirrored")
    assert seen.film_id == ID or seen.film_id is None and seen.match([1, 2, ID, 3])[0] == ID
    if name == "turned":
        assert abs(seen.geometry.angle - 3) < 1
    if name in ("larger", "smaller"):  # cells are counted by the picture's own size
        assert abs(seen.geometry.scale - 1) < 0.02


# Chance


@pytest.mark.parametrize("case", ["unmarked", "another key", "nothing in it", "tiny"])
def test_no_mark_is_found_where_there_is_none(plain, marked, case):
    small = {
        "unmarked": plain[:6, ::2, ::2], "another key": mark(plain[:6, ::2, ::2], key=OTHER),
        "nothing in it": np.full((3, 80, 128, 3), 128, np.uint8), "tiny": plain[:2, :9, :9],
    }[case]  # fmt: skip
    seen = detect(np.ascontiguousarray(small), key=KEY)
    assert not seen.found and seen.p_value > CHANCE and seen.film_id is None
    assert seen.match(np.arange(1, 200))[1] > CHANCE


def test_the_tail_of_chance_keeps_below_its_bound_whatever_the_picture():
    y, x = np.mgrid[:160, :256]
    pictures = [np.uint8(((x // 7 + y // 7) % 2) * 200), np.uint8(x / 2 + y / 4), np.uint8((x * 7919 + y * 104729) % 251), np.uint8((x == 100) * 255)]
    z = []
    for picture in pictures:
        averages = Averages(cv2.merge([picture] * 3)[None])
        for key in range(6):
            for angle in (0.0, 3.0):
                z.append(all_scores(averages[COARSE], cells_of(bytes([key] * 32)), Geometry(COARSE, angle=angle)))
    z = np.array(z)
    assert z.size == len(pictures) * 12 * SIDE**2
    for t in (2.5, 3.0, 3.5, 4.0):
        assert (z > t).mean() < chance(t, 1)


def test_an_id_too_worn_to_be_read_is_told_from_others(marked):
    rng = np.random.default_rng(5)
    seen = detect(marked, key=KEY)
    worn = seen.signs / seen.signs.std() * 0.42 + rng.normal(size=codes.CODED)
    ids = rng.integers(1, 2**63, 5000, np.uint64)
    ids[77] = ID
    named, p_value = type(seen)(True, 1e-9, signs=worn, p_pilot=1e-4).match(ids)
    assert codes.decode(worn)[0] is None and named == ID and p_value < 1e-6
    assert chance(0, 10) == 1 and chance(8, 10) == pytest.approx(10 * chance(8, 1))
    assert (cells_along((512, 320)), cells_along((176, 144))) == (FINE, COARSE)
