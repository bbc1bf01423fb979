"""The library that ships, and the packing that makes it: same archives, same bytes."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vitascope.corpus.drawings import artist, draw, require_public_domain
from vitascope.corpus.extras import LOOP_FRAMES, listed, loop
from vitascope.corpus.pack import LANGUAGES, hold_out, key_of, pack
from vitascope.corpus.sheets import SIDE, trim, trim_all
from vitascope.director.plan import GAITS
from vitascope.library import ASSETS, Library

KINDS = {"animal", "plant", "food", "person", "vehicle", "building", "nature", "face", "object", "scene"}
HELD_OUT = ASSETS.parent / "corpus" / "held_out.json"
LICENCES = {"MIT", "Apache-2.0", "CC-BY-4.0", "CC0-1.0", "public domain"}


@pytest.fixture(scope="module")
def library() -> Library:
    return Library()


def some(library: Library, style: str, count: int = 25):
    rows = list(library.styles[style].values())
    return rows[:: max(1, len(rows) // count)]


def test_every_style_is_there(library):
    assert set(library.styles) == {"3d", "flat", "noto", "twemoji", "clipart", "kenney", "anim"}
    assert all(len(library.styles[style]) > 1100 for style in ("3d", "flat", "noto", "twemoji"))
    assert len(library.styles["clipart"]) >= 150 and len(library.styles["anim"]) > 300


def test_it_stays_small(library):
    assert sum(path.stat().st_size for path in library.folder.iterdir()) < 40 * 2**20


@pytest.mark.parametrize("style", ["3d", "flat", "noto", "twemoji", "clipart", "kenney", "anim"])
def test_pictures_open_and_are_cut_to_what_shows(library, style):
    for reference in some(library, style):
        frames = [library.sprite(reference.id, i) for i in range(reference.frames)]
        alpha = np.max([frame[..., 3] for frame in frames], axis=0)
        assert alpha.shape == frames[0].shape[:2] and max(alpha.shape) in (SIDE, 96)
        assert all(edge.max() > 0 for edge in (alpha[:2], alpha[-2:], alpha[:, :2], alpha[:, -2:])), reference.id
        assert abs(reference.aspect - alpha.shape[1] / alpha.shape[0]) < 0.02


def test_rows_say_whose_work_each_picture_is(library):
    for reference in library.references.values():
        assert reference.author and reference.source and reference.licence in LICENCES, reference.id
        assert len(reference.sha256) == 64 and reference.label
        assert reference.id == f"{reference.style}/{reference.object}"


def test_rows_are_legal(library):
    for reference in library.references.values():
        assert reference.kind in KINDS and reference.gait in GAITS, reference.id
        assert reference.heading is None or -180 < reference.heading < 360, reference.id
        assert (reference.frames == 1) == (reference.fps == 0), reference.id


@pytest.mark.parametrize("style", ["noto", "clipart", "kenney", "anim"])
def test_sums_are_those_of_the_files(library, style):
    archive = zipfile.ZipFile(library.folder / f"{style}.zip")
    for reference in some(library, style, 8):
        names = [reference.object] if reference.frames == 1 else [f"{reference.object}~{i:02d}" for i in range(reference.frames)]
        assert hashlib.sha256(b"".join(archive.read(f"{n}.webp") for n in names)).hexdigest() == reference.sha256


def test_held_out_share(library):
    objects = library.styles["noto"]
    share = sum(reference.held_out for reference in objects.values()) / len(objects)
    assert abs(share - 0.15) < 0.005
    for code in ("1f98a", "1f419", "1f427", "1f682", "1f98b", "1f680", "1f40e"):
        assert not library["3d/" + code].held_out


def test_drawings_of_held_out_things_are_held_out_too(library):
    emoji = library.styles["noto"]
    for name, style in (("clipart", "clipart"), ("characters", "kenney")):
        for row in listed(name):
            shown = emoji.get(row["shows"])
            if shown is not None:
                assert library[f"{style}/{row['object']}"].held_out == shown.held_out, row["object"]


def test_headings_seen_by_eye(library):
    assert library["3d/1f40e"].heading == 180 and library["3d/1f680"].heading == 45
    assert library["twemoji/1f427"].heading == 0 and library["3d/1f427"].heading is None
    assert library["anim/1f40e"].heading == library["3d/1f40e"].heading
    for row in listed("clipart"):
        assert library[f"clipart/{row['object']}"].heading == row["heading"], row["object"]
    assert library["clipart/clipart-emperor-penguin"].heading == 180 and library["clipart/clipart-cow"].heading == 0


def test_twins_of_trained_objects_are_named(library):
    held = json.loads(HELD_OUT.read_text())
    assert set(held["twins"]) < set(held["objects"])
    assert "1f3c3-200d-2642" in held["twins"] and not library["3d/1f3c3"].held_out  # a man running, a person running


def test_names_in_every_language(library):
    names = json.loads(gzip.open(library.folder / "names.json.gz").read())
    assert set(names) >= {reference.object for reference in library.references.values()}
    assert set(names["1f98a"]) == set(LANGUAGES) and names["1f98a"]["fr"][0] == "renard"
    assert names["clipart-fox"] == {"en": ["fox"], "fr": ["renard"]}


def test_keys_drop_the_presentation_selector():
    assert key_of("1F43B-200D-2744-FE0F") == "1f43b-200d-2744"


def test_hold_out_is_fixed_and_spares_the_named():
    keys = [f"{i:04x}" for i in range(200)]
    first = hold_out(keys, {"0001", "0002"})
    assert first == hold_out(keys[::-1], {"0001", "0002"}) and len(first) == 30 and not {"0001", "0002"} & set(first)


def test_trim_cuts_and_sizes():
    picture = Image.new("RGBA", (100, 100))
    ImageDraw.Draw(picture).rectangle((20, 40, 59, 59), fill=(255, 0, 0, 255))
    assert trim(picture).size == (128, 64)
    assert trim(Image.new("RGBA", (50, 50))) is None
    other = Image.new("RGBA", (100, 100))
    ImageDraw.Draw(other).rectangle((20, 60, 59, 79), fill=(255, 0, 0, 255))
    assert [p.size for p in trim_all([picture, other])] == [(128, 128)] * 2


def test_drawings_without_a_view_box_are_framed():
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><circle cx="900" cy="-300" r="100" fill="red"/></svg>'
    picture = trim(draw(svg, 256))
    assert picture.size == (128, 128) and picture.getpixel((64, 64))[:3] == (255, 0, 0)


def test_empty_drawings_and_other_licences_are_refused():
    with pytest.raises(ValueError, match="shows nothing"):
        draw('<svg xmlns="http://www.w3.org/2000/svg"/>', 256)
    with pytest.raises(ValueError, match="under http"):
        require_public_domain('<cc:license rdf:resource="http://creativecommons.org/licenses/by-sa/2.0/"/>', "a.svg")


def test_artist_is_read_from_the_file():
    svg = "<svg><dc:creator><cc:Agent><dc:title> Nicu \n Buculei</dc:title></cc:Agent></dc:creator></svg>"
    assert artist(svg) == "Nicu Buculei" and artist("<svg/>").startswith("an artist")


def _film(path, back_to_start: bool):
    frames = []
    for i in range(24):
        x = 20 + round(20 * np.sin(i / 24 * 2 * np.pi)) if back_to_start else 2 + 2 * i
        frame = Image.new("RGBA", (64, 64))
        ImageDraw.Draw(frame).ellipse((x, 20, x + 12, 32), fill=(0, 200, 0, 255))
        frames.append(frame)
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=50, loop=0, lossless=True)


def test_loops_close(tmp_path):
    _film(tmp_path / "round.webp", True)
    frames, fps = loop(tmp_path / "round.webp")
    assert len(frames) == LOOP_FRAMES and fps == pytest.approx(LOOP_FRAMES / 1.2, rel=0.01)
    _film(tmp_path / "there.webp", False)
    frames, fps = loop(tmp_path / "there.webp")
    assert len(frames) == LOOP_FRAMES and fps == pytest.approx(4 / 1.2, rel=0.01)
    assert np.array_equal(np.asarray(frames[1]), np.asarray(frames[-1]))


@pytest.fixture
def archives(tmp_path):
    """Archives of two objects, shaped as the packages are."""
    codes = {"1F98A": ("fox", 34), "1F680": ("rocket", 56)}
    folders = {name: tmp_path / name for name in ("fluent-3d", "fluent-flat", "noto", "twemoji", "emojibase", "openclipart", "animations-1")}
    for name in ("fluent-flat", "noto", "twemoji"):
        folders[name].mkdir()
        icons = {row[0]: {"body": '<path fill="red" d="M4 4h20v16h-20z"/>'} for row in codes.values()}
        (folders[name] / "icons.json").write_text(json.dumps({"icons": icons, "width": 32, "height": 32}))
        (folders[name] / "chars.json").write_text(json.dumps({code.lower(): row[0] for code, row in codes.items()}))
    (folders["fluent-3d"] / "assets").mkdir(parents=True)
    (folders["animations-1"] / "assets").mkdir(parents=True)
    for code in codes:
        picture = io.BytesIO()
        Image.new("RGBA", (40, 20), (255, 120, 0, 255)).save(picture, "WEBP", lossless=True)
        (folders["fluent-3d"] / "assets" / f"{code.lower()}.webp").write_bytes(picture.getvalue())
    _film(folders["animations-1"] / "assets" / "1f98a.webp", True)
    for lang in LANGUAGES:
        (folders["emojibase"] / lang).mkdir(parents=True)
        rows = [dict(hexcode=code, label=row[0], tags=["red"], subgroup=row[1]) for code, row in codes.items()]
        (folders["emojibase"] / lang / "data.json").write_text(json.dumps(rows))
    fox = folders["openclipart"] / "svg" / "animals/mammals/contour_fox.svg"
    fox.parent.mkdir(parents=True)
    fox.write_text('<svg xmlns="http://www.w3.org/2000/svg"><rect x="10" y="10" width="300" height="200"/></svg>')
    return folders


def test_packing_twice_gives_the_same_bytes(tmp_path, archives):
    counts = pack(archives, tmp_path / "a")
    assert counts == {"3d": 2, "flat": 2, "noto": 2, "twemoji": 2, "clipart": 1, "anim": 1}
    assert pack(archives, tmp_path / "b") == counts
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes(), path.name
    library = Library(tmp_path / "a")
    assert library["3d/1f680"].heading == 45 and library["3d/1f98a"].kind == "face"
    assert library["anim/1f98a"].frames == LOOP_FRAMES and library.sprite("clipart/clipart-fox").shape[2] == 4
