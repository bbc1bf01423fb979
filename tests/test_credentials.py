"""What a film says about itself, signed into every kind of file that leaves, and read back."""

import dataclasses
import datetime as dt
import hashlib
import io
import json
import re
import sys

import numpy as np
import pytest
from PIL import Image

from authority import serving
from vitascope.cli import Parser
from vitascope.cli import credentials as verb
from vitascope.home import place
from vitascope.media import VideoWriter, write_picture
from vitascope.provenance import store
from vitascope.provenance.boxes import boxes
from vitascope.provenance.credentials import Credentials, Ingredient, Source, sign
from vitascope.provenance.manifest import clean, plain
from vitascope.provenance.read import read, sealed
from vitascope.provenance.stream import SealedStream

FOX = Source("3d/1f98a", "fox", "Ann Artist", "CC-BY-4.0", "https://example.org/fox", "0f" * 32)
SAID = Credentials(
    "A red fox", task="generate", description="Made from words", model="transformer", model_hash="ab" * 32, ledger_root="cd" * 32,
    prompt="a red fox runs", seed=2**32 - 1, settings=dict(num_inference_steps=4, guidance_scale=np.float32(1.5)),
    energy=dict(kwh=[1e-4, 3e-4], method="estimated"), moderation=dict(allowed=True, labels=[]), switched_off=("frames.text",),
    sources=(FOX,), film_id=0x0123456789ABCDEF,
)  # fmt: skip
MADE, MIXED = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"


def frames(count, seed=0, size=(96, 64)):
    noise = np.random.default_rng([seed]).integers(0, 255, (6, 8, 3), np.uint8)
    still = np.asarray(Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC))
    return np.stack([np.roll(still, 2 * i, 1) for i in range(count)])


def film(path, seed=0, count=24):
    with VideoWriter(path, (96, 64), 24) as writer:
        for frame in frames(count, seed):
            writer.append(frame)
    return path


def steps(found):
    return [(a["action"].removeprefix("c2pa."), a.get("digitalSourceType", "").rsplit("/", 1)[-1]) for a in found.actions]


@pytest.fixture(scope="module")
def signed(tmp_path_factory):
    path = film(tmp_path_factory.mktemp("films") / "fox.mp4")
    return path, sign(path, SAID), read(path)


def test_every_fact_of_a_film_is_in_its_manifest(signed):
    path, report, found = signed
    assert found.state == "valid" and found.ours and sealed(path)
    assert found.title == "A red fox" and re.fullmatch(r"Vitascope \d+\.\d+\.\d+", found.generator)
    assert steps(found) == [("created", MADE), ("placed", ""), ("watermarked.bound", "")]
    assert found.generation == dict(
        task="generate", prompt="a red fox runs", seed=2**32 - 1, model="transformer", model_sha256="ab" * 32, ledger_root="cd" * 32,
        settings=dict(num_inference_steps=4, guidance_scale=1.5), energy=dict(kwh=["0.0001", "0.0003"], method="estimated"),
        moderation=dict(allowed=True, labels=[]), switched_off=["frames.text"])  # fmt: skip
    assert found.soft_binding == dict(alg="org.vitascope.watermark.1", value="0123456789abcdef") and found.film_id == SAID.film_id
    assert {entry["use"] for entry in found.claims["cawg.training-mining"]["entries"].values()} == {"notAllowed"}
    assert found.claims["org.vitascope.sources"] == dict(sources=[dataclasses.asdict(FOX)])
    (fox,) = found.ingredients
    assert fox["relationship"] == "componentOf" and "by Ann Artist, CC-BY-4.0" in fox["description"] and fox["informational_URI"] == FOX.source
    assert report["manifest"] == found.manifest and report["bytes"] < 8000 and json.dumps(report | found.to_dict())


def test_the_pixels_are_those_that_were_written(signed, tmp_path):
    import av

    path, _, _ = signed
    bare = film(tmp_path / "bare.mp4")
    shown = [[f.to_ndarray(format="rgb24") for f in av.open(str(p), format="mp4").decode(video=0)] for p in (path, bare)]
    assert np.array_equal(*shown) and path.stat().st_mode == bare.stat().st_mode
    bare_boxes, with_manifest = list(boxes(bare)), [b for b in boxes(path) if not b.manifest]
    cut = lambda p, kept, name: next(p.read_bytes()[b.start : b.stop] for b in kept if b.name == name)
    assert cut(path, with_manifest, "mdat") == cut(bare, bare_boxes, "mdat")  # what is signed is the same film byte for byte


def test_the_rubric_of_the_conformance_programme(signed):
    """C2PA conformance 0.2 for spec 2.4: what it asks of a generator's manifest, each point on the library's own crJSON."""
    import c2pa

    path, _, found = signed
    edit = path.with_name("edit.mp4")
    film(edit, 1)
    sign(edit, Credentials("Longer", "extend", ingredients=(Ingredient("parentOf", path), Ingredient("inputTo", path))))
    for each in (path, edit):
        context = c2pa.Context(c2pa.Settings.from_dict({"verify": {"remote_manifest_fetch": False}}))
        with open(each, "rb") as file:
            manifest = json.loads(c2pa.Reader("video/mp4", file, None, context).crjson())["manifests"][0]
        claim, said = manifest["claim.v2"], manifest["assertions"]
        info = claim["claim_generator_info"]
        assert (info[0] if isinstance(info, list) else info)["specVersion"] == "2.4.0" and "specVersion" not in claim
        assert manifest["label"].startswith("urn:c2pa:")
        created = [entry["url"].rsplit("/", 1)[-1] for entry in claim["created_assertions"]]
        assert set(said) == set(created) and not claim.get("gathered_assertions")
        assert next(name for name in created if name.startswith("c2pa.actions")) == "c2pa.actions.v2"
        history = said["c2pa.actions.v2"]
        assert history["allActionsIncluded"] is True
        first, *rest = history["actions"]
        assert first["action"] in ("c2pa.created", "c2pa.opened")
        for action in history["actions"]:
            parameters = action.get("parameters", {})
            assert set(parameters) <= {"ingredients"}
            if action["action"] == "c2pa.opened":
                assert "digitalSourceType" not in action and len(parameters["ingredients"]) == 1
            elif action["action"] in ("c2pa.created", "c2pa.edited"):
                assert action["digitalSourceType"].startswith("http://cv.iptc.org/newscodes/digitalsourcetype/")
            else:
                assert action["action"] in ("c2pa.placed", "c2pa.watermarked.bound")
        for name, data in said.items():
            assert "." in name and not name.startswith("stds.")
            if name.startswith("c2pa.ingredient"):
                assert name.startswith("c2pa.ingredient.v3") and data["relationship"] in ("parentOf", "inputTo", "componentOf")
                assert ("activeManifest" in data) == ("validationResults" in data) and "digitalSourceType" not in data
            if name.startswith("c2pa.hash."):
                assert name == "c2pa.hash.bmff.v3" and "url" not in data
        assert {entry["code"] for entry in manifest["validationResults"]["failure"]} == {"signingCredential.untrusted"}


@pytest.mark.parametrize("name, count", (("a.png", 1), ("a.jpg", 1), ("a.webp", 1), ("moves.webp", 4), ("a.gif", 1), ("moves.gif", 4)))
def test_every_kind_of_picture_leaves_signed(name, count, tmp_path):
    path = tmp_path / name
    write_picture(path, frames(count), 8)
    before = Image.open(path).n_frames if count > 1 else np.asarray(Image.open(path))
    report = sign(path, SAID)
    assert sealed(path) and report["bytes"] > 0
    after = Image.open(path)
    assert after.n_frames == before if count > 1 else np.array_equal(np.asarray(after), before)


def test_an_edit_opens_what_it_changes_and_keeps_the_credentials_of_it(signed, tmp_path):
    path, _, first = signed
    edit = film(tmp_path / "edit.mp4", 1)
    picture = io.BytesIO()
    Image.fromarray(frames(1)[0]).save(picture, "PNG")
    said = Credentials("A red fox, longer", "extend", ingredients=(
        Ingredient("parentOf", path), Ingredient("componentOf", data=picture.getvalue(), title="sky"), Ingredient("inputTo", data=picture.getvalue())))  # fmt: skip
    sign(edit, said)
    found = read(edit)
    assert found.state == "valid" and found.ours and found.manifests == 2
    assert steps(found) == [("opened", ""), ("edited", MIXED), ("placed", "")]
    parent, *others = found.ingredients
    assert parent["relationship"] == "parentOf" and parent["title"] == "fox.mp4" and parent["active_manifest"] == first.manifest
    assert [(o["title"], o["relationship"]) for o in others] == [("sky", "componentOf"), ("picture", "inputTo")]
    links = [len(a["parameters"]["ingredients"]) for a in found.actions]
    assert links == [1, 1, 1]
    hashes = found.claims["org.vitascope.inputs"]["inputs"]
    assert hashes[0]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest() and len(hashes) == 3


def test_the_source_type_says_whether_somebodys_pixels_are_in_the_film(signed, tmp_path):
    path = film(tmp_path / "film.mp4", count=4)
    given = lambda how: (Ingredient(how, signed[0]),)
    for ingredients, wanted in (((), ("created", MADE)), (given("inputTo"), ("created", MADE)), (given("componentOf"), ("created", MIXED))):
        sign(path, Credentials("film", ingredients=ingredients))
        assert steps(read(path))[0] == wanted
    sign(path, Credentials("film", ingredients=given("parentOf") * 2, actions=({"action": "c2pa.resized"}, {"action": "org.example.mend"})))
    found = read(path)
    assert steps(found) == [("opened", ""), ("edited", MIXED), ("placed", ""), ("resized", MIXED), ("org.example.mend", "")]
    assert [i["relationship"] for i in found.ingredients] == ["parentOf", "componentOf"]


def test_an_ingredient_that_was_tampered_with_or_means_nothing_is_still_named(signed, tmp_path):
    torn = bytearray(signed[0].read_bytes())
    torn[-100] ^= 1
    odd = tmp_path / "clip.mkv"
    odd.write_bytes(b"\x1aE\xdf\xa3" + bytes(400))
    path = film(tmp_path / "film.mp4", count=4)
    report = sign(path, Credentials("film", ingredients=(
        Ingredient("parentOf", data=bytes(torn), title="torn"), Ingredient("componentOf", odd), Ingredient("inputTo", tmp_path / "gone.png"))))  # fmt: skip
    found = read(path)
    assert found.state == "valid" and sorted(i["title"] for i in found.ingredients) == ["clip.mkv", "gone.png", "torn"]
    results = json.dumps(next(i for i in found.ingredients if i["title"] == "torn")["validation_results"])
    assert "bmffHash.mismatch" in results
    assert report["notes"] == ["gone.png could not be read again: No such file or directory."]


def test_a_stream_carries_its_credentials_in_its_last_box(tmp_path):
    path = tmp_path / "stream.mp4"
    with open(path, "wb") as file:
        stream = SealedStream(file, in_memory=1000)
        with VideoWriter(stream, (96, 64), 24) as writer:
            for frame in frames(60):
                writer.append(frame)
        before = path.stat().st_size
        report = stream.seal(lambda: SAID)
        assert report["signed"] and path.stat().st_size == before + report["bytes"]
        with pytest.raises(ValueError, match="nothing may follow"):
            stream.write(b"more")
    *film_boxes, last = boxes(path)
    assert last.manifest and not any(b.manifest for b in film_boxes) and [b.name for b in film_boxes].count("moof") >= 2
    assert sealed(path) and read(path).film_id == SAID.film_id
    data = bytearray(path.read_bytes())
    data[before // 2] ^= 1
    path.write_bytes(data)
    assert read(path).codes[-1] == "assertion.bmffHash.mismatch"


def test_a_film_above_ten_megabytes(tmp_path):
    path = film(tmp_path / "large.mp4", count=4)
    at = next(b for b in boxes(path) if b.name == "mdat")
    noise = np.random.default_rng(0).bytes(24 << 20)
    with open(path, "r+b") as file:  # the last box, drawn out with what no frame points to
        file.seek(at.start)
        file.write((at.stop - at.start + len(noise)).to_bytes(4, "big"))
        file.seek(0, 2)
        file.write(noise)
    assert sign(path, SAID)["seconds"] < 5 and sealed(path)
    with open(path, "r+b") as file:
        file.seek(20 << 20)
        file.write(b"X")
    assert read(path).state == "invalid"


def test_a_manifest_is_kept_by_the_films_id_and_found_when_the_file_has_lost_it(tmp_path):
    said, path = dataclasses.replace(SAID, film_id=0xC0FFEE), film(tmp_path / "film.mp4")
    report, found = sign(path, said), read(path)
    kept = store.recover(said.film_id)
    assert said.film_id in store.ids() and kept.facts is None
    bare = bytearray(path.read_bytes())
    box = next(b for b in boxes(path) if b.manifest)
    bare[box.start + 4 : box.start + 8] = b"free"
    stripped = tmp_path / "stripped.mp4"
    stripped.write_bytes(bare)
    assert read(stripped).state == "none"
    again = read(stripped, kept.manifests)
    assert again.state == "valid" and again.ours and again.manifest == report["manifest"] and again.film_id == said.film_id
    other = read(film(tmp_path / "other.mp4", 3), kept.manifests)  # as a copy that was encoded again would be
    assert other.state == "invalid" and "assertion.bmffHash.mismatch" in other.codes and other.generation == found.generation
    assert store.recover(1) is None
    store.keep(dataclasses.replace(SAID, film_id=1))
    assert store.recover(1).manifests is None and store.recover(1).facts["generation"]["seed"] == SAID.seed
    assert place("manifests", "00", f"{1:016x}.json").stat().st_mode & 0o777 == 0o600


def test_the_store_keeps_to_its_budget_and_drops_the_oldest():
    import os

    for i in range(6):
        path = store.keep(dataclasses.replace(SAID, film_id=(0xEE << 56) + i), bytes(1000), budget=3500 * store.FOLDERS)
        os.utime(path, (i, i))
    assert [i & 15 for i in store.ids() if i >> 56 == 0xEE] == [3, 4, 5]


def test_signing_again_replaces_what_was_said(tmp_path):
    path = film(tmp_path / "film.mp4", count=4)
    size = [sign(path, dataclasses.replace(SAID, title=title)) and path.stat().st_size for title in ("one", "two")]
    assert read(path).title == "two" and read(path).manifests == 1 and abs(size[0] - size[1]) < 100


def test_what_cannot_be_signed_is_one_sentence_and_stays_as_it_was(tmp_path):
    text = tmp_path / "film.mp4"
    text.write_text("ffconcat version 1.0\nfile other.mp4\n")
    with pytest.raises(ValueError, match="none of mp4, PNG, JPEG, WEBP, GIF by its bytes"):
        sign(text, SAID)
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(film(tmp_path / "whole.mp4", count=4).read_bytes()[:24] + b"\xff" * 40)
    before = torn.read_bytes()
    with pytest.raises(ValueError, match="could not be signed") as told:
        sign(torn, SAID)
    assert "\n" not in str(told.value) and torn.read_bytes() == before
    with pytest.raises(ValueError, match="Cannot read"):
        sign(tmp_path / "absent.mp4", SAID)
    for wrong in (dict(training="maybe"), dict(film_id=2**64), dict(actions=({"action": "mend"},)), dict(settings={str(i): "x" * 8000 for i in range(200)})):
        with pytest.raises(ValueError):
            sign(tmp_path / "whole.mp4", dataclasses.replace(SAID, **wrong))
    with pytest.raises(ValueError, match="parentOf"):
        Ingredient("childOf", text)
    with pytest.raises(ValueError, match="one of path and data"):
        Ingredient("inputTo")
    assert not list(tmp_path.glob(".*.part"))


def test_any_text_and_any_report_can_be_signed(tmp_path):
    path = film(tmp_path / "film.mp4", count=4)
    title = 'A "fox" \u202e\x00\ud800 ' + "é" * 9000
    settings = dict(nan=float("nan"), big=2**80, path=tmp_path, deep=[[[1, "a"]]], bag={"b", "a"}, at=dt.date(2026, 1, 1), array=np.arange(3))
    sign(path, Credentials(title, settings=settings, sources=(Source("x", source="javascript:alert(1)"),)))
    found = read(path)
    assert found.state == "valid" and found.title == clean(title) and "\x00" not in found.title
    assert found.generation["settings"] == plain(settings) and found.generation["settings"]["path"] == tmp_path.name
    assert "informational_URI" not in found.ingredients[0]


def test_nothing_is_fetched_from_an_address_in_a_file(tmp_path):
    import c2pa

    from vitascope.provenance.credentials import SETTINGS
    from vitascope.provenance.manifest import definition
    from vitascope.provenance.signers import default

    bare = film(tmp_path / "bare.mp4", count=4)
    with serving(lambda body: b"nothing") as (address, came):
        builder = c2pa.Builder(definition(Credentials("far"), []), c2pa.Context(c2pa.Settings.from_dict(SETTINGS)))
        builder.set_no_embed()
        builder.set_remote_url(address + "far.c2pa")
        with open(bare, "rb") as source, open(tmp_path / "far.mp4", "w+b") as target, default().native() as hand:
            builder.sign(hand, "video/mp4", source, target)
        found = read(tmp_path / "far.mp4")
        assert found.state == "none" and came == [] and "was not asked" in found.reasons[0] and address in found.remote


def run(*arguments):
    top = Parser(prog="vitascope")
    verb.add(top.add_subparsers(required=True, parser_class=Parser))
    options = top.parse_args(arguments)
    return options.run(options)


def test_the_command_line_shows_what_a_file_says(signed, tmp_path, capsys):
    assert run("credentials", "show", str(signed[0])) == 0
    shown = capsys.readouterr().out
    for words in ("whole, as signed by Vitascope development certificate (untrusted), this installation", "says: A red fox, by Vitascope",
                  "created, trainedAlgorithmicMedia, Made from words", "by Ann Artist, CC-BY-4.0 (componentOf)", "prompt a red fox runs",
                  "switched off by the operator: ['frames.text']", "watermark 0123456789abcdef"):  # fmt: skip
        assert words in shown
    assert run("credentials", "show", str(signed[0]), "--json") == 0
    assert json.loads(capsys.readouterr().out)["film_id"] == "0123456789abcdef"
    assert run("credentials", "show", str(film(tmp_path / "bare.mp4", count=2))) == 3
    assert capsys.readouterr().out == "no credentials\n  The file carries no credentials.\n"
    torn = bytearray(signed[0].read_bytes())
    torn[-10] ^= 1
    (tmp_path / "torn.mp4").write_bytes(torn)
    assert run("credentials", "show", str(tmp_path / "torn.mp4")) == 1
    assert "The film was changed after it was signed." in capsys.readouterr().out


def test_the_command_line_shows_and_renews_the_certificate(capsys):
    assert run("credentials", "certificate", "--json") == 0
    before = json.loads(capsys.readouterr().out)
    assert run("credentials", "certificate", "--renew") == 0
    shown = capsys.readouterr().out
    assert "Self-made" in shown and before["serial"] not in shown
    with pytest.raises(ValueError, match="No certificate of yours"):
        run("credentials", "certificate", "--uninstall")
    with pytest.raises(ValueError, match="Choose one of"):
        run("credentials", "certificate", "--renew", "--uninstall")


def test_nothing_heavy_is_imported_before_it_is_needed():
    import subprocess

    code = "import vitascope.provenance.credentials, vitascope.provenance.read, sys; print([m for m in ('c2pa', 'cryptography', 'numpy') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "c2pa" not in said and "cryptography" not in said
