"""What a film drew on, as it or its maker's register says, and how near it comes to what the painter was trained on."""

import json
import secrets

import cv2
import numpy as np
import pytest

from vitascope.cli import Parser
from vitascope.cli import sources as command
from vitascope.clip import Clip
from vitascope.corpus import read_ledger
from vitascope.credits import sources
from vitascope.director.continuation import to_note
from vitascope.director.plan import Plan, Scene, Shot, Subject
from vitascope.library import ASSETS, Library
from vitascope.provenance import memorised as m
from vitascope.provenance.credentials import Credentials, Source, sign
from vitascope.provenance.ids import Register, file_hash

SIZE = (96, 64)


@pytest.fixture(scope="module")
def plan() -> Plan:
    track = np.zeros((9, 8), np.float32)
    shot = Shot(Scene(), (Subject("boat", "3d/26f5", track=track), Subject("bear", "noto/1f43b", track=track)), np.zeros((9, 4), np.float32))
    return Plan((shot,), 8.0)


def film(path, seed=0, comment=""):
    frames = np.random.default_rng(seed).integers(0, 255, (4, SIZE[1] // 8, SIZE[0] // 8, 3), np.uint8)
    Clip(np.stack([cv2.resize(f, SIZE) for f in frames]), 8.0).write(path, comment=comment)
    return str(path)


def test_a_film_with_its_plan_names_its_works(plan, tmp_path):
    found = command.sources_of(film(tmp_path / "film.mp4", comment=to_note(plan, 9, "a boat and a bear")))
    assert found["said_by"] == "plan" and {w["id"] for w in found["drawn"]} == {"3d/26f5", "noto/1f43b"}
    rows = {row["item"]: row for row in read_ledger()}
    for work in found["drawn"]:
        assert all(work[k] == rows[work["id"]][k] for k in ("author", "licence", "source", "sha256", "credit"))


def test_a_film_without_its_plan_is_known_by_its_manifest(plan, tmp_path):
    path = film(tmp_path / "signed.mp4", 1)
    drawn = sources(plan, Library())
    sign(path, Credentials("a boat", sources=tuple(Source(**work) for work in drawn)))
    found = command.sources_of(path)
    assert found["said_by"] == "manifest" and {w["id"] for w in found["drawn"]} == {"3d/26f5", "noto/1f43b"}


def test_what_the_register_recorded_counts_last(plan, tmp_path):
    path = film(tmp_path / "kept.mp4", 2)
    Register().record(1 + secrets.randbits(63), dict(sources=sources(plan, Library())), file_hash(path))
    found = command.sources_of(path)
    assert found["said_by"] == "register" and len(found["drawn"]) == 2


def test_any_other_film_says_nothing_and_is_not_near(tmp_path, capsys):
    path = film(tmp_path / "other.mp4", 3)
    top = Parser(prog="vitascope")
    command.add(top.add_subparsers(parser_class=Parser))
    for more in ([], ["--json"]):
        options = top.parse_args(["sources", path, *more])
        assert options.run(options) == 0
    text, told = (lambda said: (said[: said.index("{")], json.loads(said[said.index("{") :])))(capsys.readouterr().out)
    assert "does not say what it drew on" in text and "not near" in text and "Blender Foundation" in text + json.dumps(told)
    assert told["drawn"] == [] and told["said_by"] == "" and len(told["learned"]) == 3 and not any(row["near"] for row in told["learned"])


def test_what_is_no_film_is_one_sentence(tmp_path):
    (tmp_path / "text.mp4").write_text("hello")
    with pytest.raises(ValueError, match=r"is no .* file\.$"):
        command.sources_of(str(tmp_path / "text.mp4"))


@pytest.mark.parametrize("claims", [{}, {"org.vitascope.sources": None}, {"org.vitascope.sources": {"sources": ["x", 3, {"id": 5}]}},
                                    {"org.vitascope.sources": {"sources": "3d"}}])  # fmt: skip
def test_forged_lists_of_works_keep_their_shape(claims):
    assert all(isinstance(value, str) for work in command.works_in(claims) for value in work.values())


# --- memorisation -----------------------------------------------------------------------------------------------------


def texture(seed: int, size=(228, 128)) -> np.ndarray:
    rng = np.random.default_rng([5, seed])
    cells = rng.integers(0, 256, (6, 9, 3)).astype(np.float32)
    return cv2.resize(cells, size, interpolation=cv2.INTER_CUBIC).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def index() -> m.Index:
    return m.Index.build([(f"shot:{i}", texture(i)) for i in range(30)])


def test_a_damaged_copy_is_found_and_another_picture_is_not(index):
    for i in range(0, 30, 5):
        small = cv2.resize(texture(i)[5:-4, 8:-7], (96, 60), interpolation=cv2.INTER_AREA)
        copy = cv2.imdecode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_COLOR)
        near = m.nearest(copy[None], 8.0, 1, index)[0]
        assert near.item == f"shot:{i}" and near.near and near.second == 0
    away = [index.distances(texture(1000 + i)).min() for i in range(10)]
    assert np.median(away) > 2 * m.NEAR


def test_a_part_of_a_training_picture_is_found(index):
    corner = m.views(texture(4))[2]
    assert index.distances(corner).argmin() == 4 and index.distances(corner).min() < m.NEAR


def test_an_index_is_the_same_once_written(index, tmp_path):
    assert index.save(tmp_path / "one.npz") == index.save(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    again = m.Index.load(tmp_path / "one.npz")
    assert again.names == index.names and np.abs(again.distances(texture(3)) - index.distances(texture(3))).max() < 0.02
    (tmp_path / "one.npz").write_bytes(b"PK damaged")
    with pytest.raises(ValueError, match="damaged"):
        m.Index.load(tmp_path / "one.npz")


def test_the_shipped_index_names_what_was_trained_on_and_is_small():
    rows = {row["item"]: row for row in read_ledger()}
    names = m.shipped().names
    trained = {item for item, row in rows.items() if item.startswith(("big-buck-bunny", "photograph")) and "held out" not in row["use"]}
    assert set(names) == trained
    assert m.INDEX.stat().st_size < 200_000


def test_what_is_published_was_measured_on_the_shipped_index():
    told = json.loads((ASSETS / "provenance" / "memorisation.json").read_text())
    assert told["near"] == m.NEAR and told["items"] == len(m.shipped().names)
    kinds = told["kinds"]
    assert kinds["damaged copies of training shots"]["near"] > 0.85
    assert all(row["nearest"] <= row["median"] and row["pictures"] >= 12 for row in kinds.values())


def test_blank_frames_have_a_distance():
    assert np.isfinite(m.shipped().distances(np.zeros((40, 60, 3), np.uint8))).all()
