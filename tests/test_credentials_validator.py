"""An implementation of C2PA that shares no code with ours reads what we sign: npm @trustnxt/c2pa-ts (see tests/validator)."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from test_credentials import SAID, film, frames
from vitascope.media import VideoWriter, write_picture
from vitascope.provenance.boxes import boxes
from vitascope.provenance.credentials import Credentials, Ingredient, sign
from vitascope.provenance.read import read
from vitascope.provenance.stream import SealedStream

HERE = Path(__file__).parent / "validator"


@pytest.fixture(scope="module")
def validate(tmp_path_factory):
    """validate(*paths) -> what the validator says of each, in a folder of its own with the versions that are locked."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm run the independent validator, and are not here")
    folder = tmp_path_factory.mktemp("validator")
    for name in ("package.json", "package-lock.json", "validate.mjs"):
        shutil.copy(HERE / name, folder)
    # Not `npm ci`: it insists on the binaries of every platform, which the lock leaves out. Versions and hashes are those of the lock.
    command = ["npm", "install", "--no-save", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"the independent validator could not be installed: {done.stderr.strip().splitlines()[-1:]}")
    assert done.returncode == 0, done.stderr

    def run(*paths):
        said = subprocess.run(["node", "validate.mjs", *map(str, paths)], cwd=folder, capture_output=True, text=True, check=True, timeout=120).stdout
        return [json.loads(line) for line in said.splitlines()]

    return run


@pytest.fixture(scope="module")
def films(tmp_path_factory):
    """Signed files of every kind that the validator reads: it knows neither WebP nor GIF."""
    folder = tmp_path_factory.mktemp("films")
    made = {name: film(folder / f"{name}.mp4", i) for i, name in enumerate(("made", "extended"))}
    sign(made["made"], SAID)
    sign(made["extended"], Credentials("longer", "extend", film_id=2, ingredients=(Ingredient("parentOf", made["made"]), Ingredient("inputTo", data=b"?"))))
    for name in ("picture.png", "picture.jpg"):
        write_picture(folder / name, frames(1), 1)
        sign(folder / name, SAID)
        made[name] = folder / name
    made["stream"] = folder / "stream.mp4"
    with open(made["stream"], "wb") as file:
        stream = SealedStream(file)
        with VideoWriter(stream, (96, 64), 24) as writer:
            for frame in frames(50):
                writer.append(frame)
        stream.seal(SAID)
    return made


def test_every_signed_file_is_valid_to_an_independent_validator(validate, films):
    for path, said in zip(films.values(), validate(*films.values())):
        assert said["valid"] and not said["error"], (path.name, said)
        assert "+claimSignature.validated" in said["codes"] and not [code for code in said["codes"] if code.startswith("-")]
        assert {"+assertion.bmffHash.match", "+assertion.dataHash.match"} & set(said["codes"])


def test_it_finds_what_we_find_when_a_film_is_changed(validate, films, tmp_path):
    whole, kept, torn = films["made"].read_bytes(), list(boxes(films["made"])), []
    for i, box in enumerate([box for box in kept if box.hashed or box.manifest] * 2):
        data = bytearray(whole)
        data[box.start + (box.stop - box.start) * (i + 2) // 9] ^= 1
        torn.append(tmp_path / f"{i}.mp4")
        torn[-1].write_bytes(data)
    for path, said in zip(torn, validate(*torn)):
        assert not said["valid"] and read(path).state != "valid", (path.name, said)
