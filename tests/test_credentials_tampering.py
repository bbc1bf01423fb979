"""Every change inside what is hashed is found; what the standard leaves outside is listed; and no file, however made, does harm."""

import os
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from test_credentials import SAID, film, frames
from vitascope.media import write_picture
from vitascope.provenance import read as reading
from vitascope.provenance.boxes import C2PA_UUID, OPEN, boxes
from vitascope.provenance.certificates import development
from vitascope.provenance.credentials import sign
from vitascope.provenance.read import harmless, read


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    path = film(tmp_path_factory.mktemp("films") / "fox.mp4", count=30)
    sign(path, SAID)
    return path


def at_once(path, kind="video/mp4"):
    """What `read` finds, without the process of its own that each costs a tenth of a second."""
    asked = dict(path=str(path), kind=kind, anchors="", own=[(development().root, "")], manifests=None)
    return reading._state(reading._answer(asked))


def changed(path, data, name="changed.mp4"):
    other = path.with_name(name)
    other.write_bytes(data)
    return other


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_every_byte_inside_the_hashed_boxes_counts(signed, data):
    whole, kept = signed.read_bytes(), [b for b in boxes(signed) if b.hashed]
    box = data.draw(st.sampled_from(kept))
    at, bits = data.draw(st.integers(box.start, box.stop - 1)), data.draw(st.integers(1, 255))
    torn = bytearray(whole)
    torn[at] ^= bits
    found = at_once(changed(signed, torn))
    assert found.state == "invalid" and not found.ours and found.reasons


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_change_in_the_manifest_is_found_or_says_nothing_new(signed, data):
    """Bytes of the manifest's box that are no part of what is signed (padding) may change: then what it says is the same."""
    whole, box = signed.read_bytes(), next(b for b in boxes(signed) if b.manifest)
    at, bits = data.draw(st.integers(box.start, box.stop - 1)), data.draw(st.integers(1, 255))
    torn = bytearray(whole)
    torn[at] ^= bits
    found, before = at_once(changed(signed, torn)), at_once(signed)
    assert found.state != "valid" or (found.to_dict() == before.to_dict())


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_cutting_inserting_and_moving_are_found(signed, data):
    whole, kept = signed.read_bytes(), [b for b in boxes(signed) if b.hashed]
    box = data.draw(st.sampled_from(kept))
    how = data.draw(st.sampled_from(("cut off", "insert", "append", "drop", "twice")))
    at = data.draw(st.integers(box.start + 1, box.stop - 1))
    body = whole[box.start : box.stop]
    torn = {"cut off": whole[:at], "insert": whole[:at] + b"\0" + whole[at:], "append": whole + body, "drop": whole[: box.start] + whole[box.stop :],
            "twice": whole[: box.start] + body + whole[box.start :]}[how]  # fmt: skip
    assert at_once(changed(signed, torn)).state == "invalid"


def test_what_the_standard_leaves_outside_the_hash(signed):
    """These changes are not found by C2PA: free, skip, mfra and ftyp boxes, and C2PA's uuid without a purpose."""
    whole, found = signed.read_bytes(), {}
    added = lambda name, body=b"anything": (len(body) + 8).to_bytes(4, "big") + name + body
    for name, body in ((b"free", b"anything"), (b"skip", b"anything"), (b"mfra", added(b"mfro", bytes(8)))):
        found[name.decode()] = at_once(changed(signed, whole + added(name, body))).state
    found["brand"] = at_once(changed(signed, whole[:12] + b"\0\0\1\0" + whole[16:])).state
    found["another uuid"] = at_once(changed(signed, whole + added(b"uuid", bytes(16) + b"anything"))).state
    found["own uuid, no purpose"] = at_once(changed(signed, whole + added(b"uuid", C2PA_UUID + bytes(4) + b"hello\0"))).state
    found["meta"] = at_once(changed(signed, whole + added(b"meta"))).state
    found["udta"] = at_once(changed(signed, whole + added(b"udta"))).state
    open_to_change = dict.fromkeys(("free", "skip", "mfra", "brand", "own uuid, no purpose"), "valid")
    assert found == open_to_change | dict.fromkeys(("another uuid", "meta", "udta"), "invalid")
    assert set(OPEN) == {"ftyp", "free", "skip", "mfra"}


@pytest.mark.parametrize("name, kind", (("a.png", "image/png"), ("a.jpg", "image/jpeg"), ("a.webp", "image/webp"), ("a.gif", "image/gif")))
def test_every_byte_of_a_picture_counts(name, kind, tmp_path):
    path = tmp_path / name
    write_picture(path, frames(1), 1)
    bare = path.read_bytes()
    sign(path, SAID)
    whole, before = path.read_bytes(), at_once(path, kind)
    assert before.state == "valid" and before.ours
    rng, pictures = np.random.default_rng(0), 0
    for at in rng.integers(0, len(whole), 60):
        torn = bytearray(whole)
        torn[at] ^= 1 + int(rng.integers(255))
        found = at_once(changed(path, torn, f"torn-{name}"), kind)
        assert found.state != "valid" or found.to_dict() == before.to_dict()
        pictures += found.state == "invalid"
    for at in rng.integers(len(bare) // 3, len(bare) - 8, 10):  # and bytes that are surely pixels
        piece = whole.find(bare[at : at + 8])
        torn = bytearray(whole)
        torn[piece] ^= 1
        assert at_once(changed(path, torn, f"torn-{name}"), kind).state == "invalid"
    assert pictures > 20


# --- hostile files ----------------------------------------------------------------------------------------------------


def test_files_of_every_sorry_kind_get_a_verdict(signed, tmp_path):
    whole = signed.read_bytes()
    box = next(b for b in boxes(signed) if b.manifest)
    body = whole[box.start : box.stop]
    length = lambda n: n.to_bytes(4, "big")
    files = {
        "empty.mp4": (b"", "none"), "text.mp4": (b"ffconcat version 1.0\nfile x.mp4\n", "none"), "noise.mp4": (np.random.default_rng(0).bytes(5000), "none"),
        "pdf.png": (b"%PDF-1.7\n", "none"), "film.png": (whole, "valid"), "head.mp4": (whole[:40], None), "half.mp4": (whole[: len(whole) // 2], None),
        "endless.mp4": (whole[:32] + b"\0\0\0\1uuid" + b"\xff" * 8 + whole[48:], None), "zero.mp4": (whole[:32] + bytes(100), None),
        "two.mp4": (whole[: box.stop] + body + whole[box.stop :], "invalid"), "foreign.mp4": (film(tmp_path / "b.mp4", 5).read_bytes() + body, "invalid"),
        "huge-box.mp4": (whole[: box.start] + length(0x7FFFFFFF) + whole[box.start + 4 :], None), "jumbf.mp4": (whole[: box.start + 45] + b"\xff" * 300 + whole[box.start + 345 :], None),
        "boxes.mp4": (whole[:32] + b"\0\0\0\x08free" * 2_000, None),
    }  # fmt: skip
    for name, (data, wanted) in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        found = read(path)
        assert found.state in ("none", "invalid") if wanted is None else found.state == wanted, (name, found)
        assert all(reason.endswith(".") and "\n" not in reason for reason in found.reasons), name
        assert found.state == "valid" or found.reasons, name


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=600), st.sampled_from((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF\x40\0\0\0WEBP", b"GIF89a", b"\0\0\0\x18ftypisom")),
       st.sampled_from(("image/png", "image/jpeg", "image/webp", "image/gif", "video/mp4", None)))  # fmt: skip
def test_no_noise_passes_for_credentials(tmp_path_factory, noise, head, kind):
    path = tmp_path_factory.getbasetemp() / "noise"
    path.write_bytes(head + noise)
    assert at_once(path, kind).state in ("none", "invalid")


def test_a_file_of_many_gigabytes_that_says_nothing_costs_little(signed, tmp_path):
    path = tmp_path / "sparse.mp4"
    path.write_bytes(signed.read_bytes()[:32])
    os.truncate(path, 8 << 30)
    started = time.perf_counter()
    assert read(path).state in ("none", "invalid")
    assert time.perf_counter() - started < 5


def test_what_never_comes_back_is_stopped(signed, monkeypatch):
    monkeypatch.setattr(reading, "ALONE", "while True: pass")
    monkeypatch.setattr(reading, "SECONDS", 0.3)
    found = read(signed)
    assert found.state == "invalid" and found.codes == ("vitascope.unreadable",) and "within 0 seconds" in found.reasons[0]
    assert not harmless(signed)


def test_what_takes_its_process_down_takes_nothing_else(signed, monkeypatch):
    for end in ("import os; os.abort()", "print('[')", "bytearray(1 << 60)"):
        monkeypatch.setattr(reading, "ALONE", end)
        found = read(signed)
        assert found.state == "invalid" and found.reasons == ("The credentials of the file are made so that reading them fails.",)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path):
    for path in (tmp_path / "absent.mp4", tmp_path):
        with pytest.raises(ValueError, match="Cannot read"):
            read(path)
