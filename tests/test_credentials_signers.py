"""Who signs, and what is said when somebody cannot."""

import datetime as dt
import shutil

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from authority import DAY, House, pem, serving, stamping
from vitascope.home import folder, place
from vitascope.media import write_picture
from vitascope.provenance import certificates, signers
from vitascope.provenance.certificates import Chain, development
from vitascope.provenance.credentials import Credentials, sign
from vitascope.provenance.read import read, sealed

SAID = Credentials("A grey square")


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path / "home"))
    for name in (signers.CERT, signers.KEY, signers.TSA, "VITASCOPE_TRUST"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def picture(tmp_path):
    import numpy as np

    path = tmp_path / "square.png"
    write_picture(path, np.full((1, 32, 32, 3), 90, np.uint8), 1)
    return path


@pytest.fixture(scope="module")
def house():
    return House()


def test_the_development_chain_is_made_once_and_says_that_nobody_vouches_for_it(picture):
    chain = development()
    assert development() == chain
    assert "untrusted" in chain.name and "development" in chain.name
    assert chain.expires > dt.datetime.now(dt.UTC) + 4 * certificates.YEAR
    kept = place("keys", "development")
    assert {p.name: p.stat().st_mode & 0o777 for p in kept.glob("*.pem")} == dict.fromkeys(
        ("chain.pem", "key.pem", "intermediate.pem", "intermediate.key.pem", "root.pem"), 0o600)  # fmt: skip
    assert kept.stat().st_mode & 0o777 == 0o700
    report = sign(picture, SAID)
    assert report["signer"]["development"] and not report["time_stamp"]
    found = read(picture)
    assert found.state == "valid" and found.ours and found.codes == ("signingCredential.untrusted",)


def test_a_renewed_leaf_keeps_the_root_so_earlier_films_are_still_ours(picture):
    first = development()
    sign(picture, SAID)
    second = development(renew=True)
    assert second.pem != first.pem and second.root == first.root
    assert sealed(picture)


def test_a_leaf_is_renewed_long_before_it_expires(monkeypatch):
    first, today = development(), dt.datetime.now(dt.UTC)
    monkeypatch.setattr(certificates, "now", lambda: today + 300 * DAY)
    assert development().pem == first.pem
    monkeypatch.setattr(certificates, "now", lambda: today + 370 * DAY)
    second = development()
    assert second.pem != first.pem and second.root == first.root


def test_when_the_intermediate_is_old_a_new_root_is_made_and_the_old_one_is_remembered(picture, monkeypatch):
    first, today = development(), dt.datetime.now(dt.UTC)
    sign(picture, SAID)
    with monkeypatch.context() as later:
        later.setattr(certificates, "now", lambda: today + 17 * certificates.YEAR)
        second = development()
    assert second.root != first.root
    assert first.root.strip() in certificates.roots() and second.root.strip() in certificates.roots()
    assert sealed(picture)


def test_another_installation_does_not_take_our_film_for_its_own(picture, tmp_path, monkeypatch):
    sign(picture, SAID)
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path / "elsewhere"))
    development()
    found = read(picture)
    assert found.state == "valid" and not found.ours


def test_whoever_adds_a_root_trusts_it(picture, tmp_path, monkeypatch):
    sign(picture, SAID)
    root = tmp_path / "root.pem"
    root.write_text(development().root)
    monkeypatch.setenv("VITASCOPE_TRUST", str(root))
    assert read(picture).state == "trusted"
    (tmp_path / "noise.pem").write_text("no certificate")
    for name in ("absent.pem", "noise.pem"):
        monkeypatch.setenv("VITASCOPE_TRUST", str(tmp_path / name))
        with pytest.raises(ValueError, match=f"{name}: VITASCOPE_TRUST and keys/trust take PEM files"):
            read(picture)


@pytest.mark.parametrize("make", (lambda: ec.generate_private_key(ec.SECP256R1()), lambda: ec.generate_private_key(ec.SECP384R1()),
                                  lambda: rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate))  # fmt: skip
def test_the_operators_own_certificate_signs_and_is_trusted_where_its_root_is(make, house, picture, tmp_path, monkeypatch):
    chain, key = house.leaf(tmp_path, make())
    monkeypatch.setenv(signers.CERT, str(chain))
    monkeypatch.setenv(signers.KEY, str(key))
    assert sign(picture, SAID)["signer"]["name"] == "Film House"
    assert sealed(picture)
    (folder("keys", "trust") / "house.pem").write_text(pem(house.root))
    found = read(picture)
    assert found.state == "trusted" and found.codes == () and found.signer["name"] == "Film House"


def test_an_installed_certificate_is_used_until_it_is_forgotten(house, picture, tmp_path):
    chain, key = house.leaf(tmp_path)
    signers.install(chain, key)
    assert (place("keys", "operator", "key.pem").stat().st_mode & 0o777) == 0o600
    assert sign(picture, SAID)["signer"]["name"] == "Film House" and sealed(picture)
    assert signers.uninstall() and not signers.uninstall()
    assert signers.default().chain.untrusted


def test_one_sentence_for_every_pair_that_cannot_sign(house, tmp_path, monkeypatch):
    chain, key = house.leaf(tmp_path)
    _, other = house.leaf(tmp_path, stem="other")
    old, old_key = house.leaf(tmp_path, stem="old", start=-30 * DAY, days=20)
    early, early_key = house.leaf(tmp_path, stem="early", start=DAY)
    web, web_key = house.leaf(tmp_path, stem="web", purpose=ExtendedKeyUsageOID.SERVER_AUTH)
    small, small_key = house.leaf(tmp_path, ec.generate_private_key(ec.SECP224R1()), stem="small")
    upside = tmp_path / "upside.pem"
    upside.write_text(pem(house.root) + chain.read_text())
    for pair, words in (
        ((chain, other), "private key does not belong"), ((old, old_key), "expired on"), ((early, early_key), "valid only from"),
        ((web, web_key), "not for signing media"), ((small, small_key), "of a kind that C2PA does not allow"), ((key, key), "certificate cannot be read"),
        ((chain, chain), "private key cannot be read"), ((upside, key), "are no chain"), ((tmp_path / "no.pem", key), "Cannot read the certificate"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=words) as told:
            signers.operator(*pair)
        assert "\n" not in str(told.value)
    monkeypatch.setenv(signers.CERT, str(chain))
    with pytest.raises(ValueError, match="Only one of"):
        signers.default()


def test_a_certificate_that_cannot_sign_leaves_the_film_as_it_was(house, picture, tmp_path, monkeypatch):
    before = picture.read_bytes()
    old, key = house.leaf(tmp_path, stem="old", start=-30 * DAY, days=20)
    monkeypatch.setenv(signers.CERT, str(old))
    monkeypatch.setenv(signers.KEY, str(key))
    with pytest.raises(ValueError, match="expired"):
        sign(picture, SAID)
    assert picture.read_bytes() == before and not list(tmp_path.glob(".*.part"))


@pytest.mark.parametrize("curve", (ec.SECP256R1, ec.SECP384R1))
def test_a_callback_signs_without_showing_its_key(curve, house, picture, tmp_path):
    key = ec.generate_private_key(curve())
    chain, _ = house.leaf(tmp_path, key)
    digest = hashes.SHA256() if curve is ec.SECP256R1 else hashes.SHA384()
    sign(picture, SAID, signers.callback(chain.read_text(), lambda data: key.sign(data, ec.ECDSA(digest))))
    found = read(picture)
    assert found.state == "valid" and found.signer["name"] == "Film House"


def test_a_callback_that_fails_is_told_in_one_sentence(house, picture, tmp_path):
    chain, _ = house.leaf(tmp_path)
    before = picture.read_bytes()

    def locked(data):
        raise RuntimeError("the module is locked")

    with pytest.raises(ValueError, match="could not be signed: the signing callback failed with RuntimeError: the module is locked"):
        sign(picture, SAID, signers.callback(chain.read_text(), locked))
    assert picture.read_bytes() == before


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl answers for the time stamp authority, and is not here")
def test_a_time_stamp_is_asked_for_only_where_an_authority_is_named(picture, tmp_path, monkeypatch):
    with serving(stamping(tmp_path)) as (address, came):
        assert not sign(picture, SAID)["time_stamp"] and came == []
        monkeypatch.setenv(signers.TSA, address)
        report = sign(picture, SAID)
        assert report["time_stamp"] and report["notes"] == [] and len(came) == 1
    found = read(picture)
    assert found.state == "valid" and found.signer["time"].startswith(f"{dt.datetime.now(dt.UTC):%Y}")


def test_a_time_stamp_that_is_not_given_costs_no_film(picture, monkeypatch):
    with serving(lambda body: b"") as (address, came):
        monkeypatch.setenv(signers.TSA, address)
        report = sign(picture, SAID)
    assert came and not report["time_stamp"] and "gave no time stamp" in report["notes"][0]
    assert sealed(picture)
    monkeypatch.setenv(signers.TSA, "ftp://somewhere")
    with pytest.raises(ValueError, match="no address of a time stamp authority"):
        sign(picture, SAID)


def test_films_finished_at_once_on_the_first_day_share_one_chain():
    import subprocess
    import sys

    code = "from vitascope.provenance.certificates import development; print(development().root)"
    runs = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert len({run.communicate()[0] for run in runs}) == 1


def test_a_torn_chain_is_replaced(picture):
    development()
    place("keys", "development", "chain.pem").write_text("-----BEGIN CERTIFICATE-----\ntorn")
    assert isinstance(development(), Chain)
    sign(picture, SAID)
    assert sealed(picture)
