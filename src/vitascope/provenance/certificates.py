"""Certificates to sign with: a development chain that an installation makes for itself, and what may be said against any chain.

The development chain has a root, an intermediate and an ES256 leaf (C2PA 2.x, "Trust model": EKU e-mail protection beside the C2PA claim
signing purpose). Nobody vouches for it, and its names say so. The root's key is thrown away once the intermediate is signed; the
intermediate's is kept, so that new leaves chain to the root that earlier films name.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from vitascope.home import folder
from vitascope.media import whole_file

NAME = "Vitascope development certificate (untrusted)"
CLAIM_SIGNING = "1.3.6.1.4.1.62558.2.1"  # C2PA's own purpose; alone it is refused by today's trust configurations
EMAIL, TIME_STAMPING, OCSP = "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"
YEAR = dt.timedelta(days=365)
# Without a time stamp a signature counts only while its certificate does: a leaf lasts long and is renewed early.
ROOT_YEARS, LEAF_YEARS, LEAF_LEFT = 20, 5, 4 * YEAR
MAX_PEM = 1 << 20


@dataclass(frozen=True)
class Chain:
    """A leaf certificate with those above it, PEM, leaf first; `key` is the leaf's private key, PEM (None where a callback signs)."""

    pem: str
    key: str | None = None
    root: str = ""  # the self-made root, PEM: empty for others' chains

    @property
    def certificates(self) -> list:
        from cryptography import x509

        return x509.load_pem_x509_certificates(self.pem.encode())

    @property
    def leaf(self):
        return self.certificates[0]

    @property
    def expires(self) -> dt.datetime:
        return min(c.not_valid_after_utc for c in self.certificates)

    @property
    def name(self) -> str:
        """Whom the leaf names."""
        return common_name(self.leaf.subject)

    @property
    def untrusted(self) -> bool:
        """Whether it is a development chain."""
        return NAME in self.name

    def to_dict(self) -> dict:
        leaf = self.leaf
        return dict(name=self.name, issuer=common_name(leaf.issuer), serial=f"{leaf.serial_number:x}", expires=f"{self.expires:%Y-%m-%d}",
                    development=self.untrusted)  # fmt: skip


def common_name(name) -> str:
    """The common name in an X.509 name, or all of it."""
    from cryptography.x509.oid import NameOID

    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


# --- the development chain --------------------------------------------------------------------------------------------


def development(renew: bool = False) -> Chain:
    """This installation's own chain: made on first use, its leaf renewed a year into its life, or now with `renew`.

    Kept in keys/development of the data folder, keys with mode 0600. Raises ValueError when that folder cannot be written, or holds
    something else.
    """
    place = folder("keys", "development")
    try:
        with _one_at_a_time(place):
            chain = _kept(place)
            if chain and chain.leaf.not_valid_after_utc - now() > LEAF_LEFT and not renew:
                return chain
            return _new_leaf(place, *(_issuer(place) or _authority(place)))
    except OSError as error:
        raise ValueError(f"Cannot keep the signing key in {place}: {error.strerror}; name another folder with VITASCOPE_HOME.") from None


def roots() -> str:
    """The self-made roots of this installation, the present one and those before it, PEM."""
    from vitascope.home import place

    found = sorted(place("keys", "development").glob("root*.pem"))
    return "".join(path.read_text() for path in found if path.stat().st_size < MAX_PEM)


@contextlib.contextmanager
def _one_at_a_time(place: Path):
    """Two films that are finished at once on the first day share one chain (where the system can lock files; not on Windows)."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with open(place / ".lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _kept(place: Path) -> Chain | None:
    chain, key = place / "chain.pem", place / "key.pem"
    root = place / "root.pem"
    if not (chain.exists() and key.exists() and root.exists()):
        return None
    kept = Chain(chain.read_text(), key.read_text(), root.read_text())
    with contextlib.suppress(ValueError, IndexError):
        check(kept)
        return kept
    return None  # torn or expired: it is replaced


def _issuer(place: Path):
    """The kept intermediate (certificate, key, root PEM), if it lasts as long as a new leaf would."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    with contextlib.suppress(OSError, ValueError, TypeError):
        certificate = x509.load_pem_x509_certificate((place / "intermediate.pem").read_bytes())
        key = load_pem_private_key((place / "intermediate.key.pem").read_bytes(), None)
        if certificate.not_valid_after_utc - now() > LEAF_LEFT and _public(key.public_key()) == _public(certificate.public_key()):
            return certificate, key, (place / "root.pem").read_text()
    return None


def _authority(place: Path):
    """A new root and intermediate. The former root stays beside them, so that what it vouched for is still known as ours."""
    from cryptography.hazmat.primitives.asymmetric import ec

    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate(f"{NAME}: root", root_key, None, root_key, ROOT_YEARS, depth=1)
    middle = _certificate(f"{NAME}: intermediate", key, root, root_key, ROOT_YEARS, depth=0)
    former = place / "root.pem"
    if former.exists():
        os.replace(former, place / f"root-{former.stat().st_mtime_ns}.pem")
    _write(place / "root.pem", _pem(root))
    _write(place / "intermediate.pem", _pem(middle))
    _write(place / "intermediate.key.pem", _pem_key(key))
    return middle, key, _pem(root)


def _new_leaf(place: Path, issuer, issuer_key, root: str) -> Chain:
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    leaf = _certificate(NAME, key, issuer, issuer_key, LEAF_YEARS)
    chain = Chain(_pem(leaf) + _pem(issuer), _pem_key(key), root)
    _write(place / "key.pem", chain.key)
    _write(place / "chain.pem", chain.pem)
    return chain


def _certificate(name: str, key, issuer, issuer_key, years: int, depth: int | None = None):
    """An X.509 v3 certificate for `key`; with `depth` (how many authorities may stand below it) it is an authority's."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64]), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Vitascope (self-made)")])
    authority, start = depth is not None, now() - dt.timedelta(minutes=5)  # a clock may be a little behind
    stop = start + years * YEAR
    usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False)
    usage |= dict(digital_signature=not authority, key_cert_sign=authority, crl_sign=authority)
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(start).not_valid_after(min(stop, issuer.not_valid_after_utc) if issuer else stop)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=depth), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )  # fmt: skip
    if not authority:
        purposes = [x509.ObjectIdentifier(EMAIL), x509.ObjectIdentifier(CLAIM_SIGNING)]
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


# --- any chain --------------------------------------------------------------------------------------------------------


def check(chain: Chain) -> None:
    """Raises ValueError, in one sentence, unless the chain can sign today: in time, in order, for this purpose, with this key."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature

    certificates = chain.certificates
    leaf = certificates[0]
    for certificate in certificates:
        who = common_name(certificate.subject)
        if certificate.not_valid_after_utc < now():
            raise ValueError(f"The certificate of {who!r} expired on {certificate.not_valid_after_utc:%Y-%m-%d}: renew it before signing with it.")
        if certificate.not_valid_before_utc > now():
            raise ValueError(f"The certificate of {who!r} is valid only from {certificate.not_valid_before_utc:%Y-%m-%d} on: check the clock, or wait.")
    for below, above in zip(certificates, certificates[1:]):
        try:
            below.verify_directly_issued_by(above)
        except (ValueError, TypeError, InvalidSignature):
            said = f"{common_name(below.subject)!r} was not issued by {common_name(above.subject)!r}"
            raise ValueError(f"The certificates are no chain ({said}): put the signing certificate first, and each issuer after it.") from None
    try:
        purposes = {p.dotted_string for p in leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value}
    except x509.ExtensionNotFound:
        purposes = set()
    if not purposes & {EMAIL, TIME_STAMPING, OCSP}:
        raise ValueError(f"The certificate of {chain.name!r} is not for signing media: it needs the e-mail protection purpose ({EMAIL}), "
                         f"with {CLAIM_SIGNING} beside it.")  # fmt: skip
    if leaf.issuer == leaf.subject:
        raise ValueError(f"The certificate of {chain.name!r} is self-signed, which C2PA does not allow: use one that an authority issued.")
    if chain.key is not None and _public(load_key(chain.key).public_key()) != _public(leaf.public_key()):
        raise ValueError(f"The private key does not belong to the certificate of {chain.name!r}: give the pair that was made together.")


def load_key(pem: str):
    """A private key out of PEM. Raises ValueError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(pem.encode(), None)
    except TypeError:
        raise ValueError("The private key is protected by a password: give one without, readable by you alone, or sign by a callback.") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("The private key cannot be read: give a PEM file (PKCS#8), such as openssl genpkey writes.") from None


def _public(key) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _pem(certificate) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM).decode()


def _pem_key(key) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _write(path: Path, text: str) -> None:
    """Write a file that its owner alone can read, whole or not at all."""
    with whole_file(path) as part:
        part.chmod(0o600)
        part.write_text(text)
