"""Who signs: this installation's development chain, the operator's own certificate, or a callback into an HSM or a key service."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from vitascope.home import folder, place

from .certificates import MAX_PEM, Chain, _pem, _write, check, development

CERT, KEY, TSA = "VITASCOPE_SIGN_CERT", "VITASCOPE_SIGN_KEY", "VITASCOPE_TSA_URL"


@dataclass(frozen=True)
class Signer:
    """Signs claims. Made by `local`, `operator`, `callback`, or `default`, which picks the first that there is.

    algorithm: "es256" | "es384" | "es512" | "ps256" | "ps384" | "ps512" | "ed25519", as the certificate's key demands
    tsa_url: an RFC 3161 authority that stamps the signature with the time; asked only where one is given
    """

    chain: Chain
    algorithm: str
    sign: Callable[[bytes], bytes] | None = None
    tsa_url: str | None = None

    def native(self, stamped: bool = True):
        """What c2pa-python signs with. It is used up by one signature."""
        import c2pa

        url = self.tsa_url if stamped else None
        if self.sign is None:
            return c2pa.Signer.from_info(c2pa.C2paSignerInfo(self.algorithm, self.chain.pem.encode(), self.chain.key.encode(), url))
        return c2pa.Signer.from_callback(self.sign, c2pa.C2paSigningAlg[self.algorithm.upper()], self.chain.pem, url)

    def to_dict(self) -> dict:
        return self.chain.to_dict() | dict(algorithm=self.algorithm)


def default() -> Signer:
    """The operator's certificate (VITASCOPE_SIGN_CERT and VITASCOPE_SIGN_KEY, or the one installed), else the development chain.

    Raises ValueError, in one sentence, when it cannot sign: there is no falling back to another signer than the one asked for.
    """
    certificate, key = os.environ.get(CERT), os.environ.get(KEY)
    if certificate or key:
        if not (certificate and key):
            raise ValueError(f"Only one of {CERT} and {KEY} is set: set both, to the certificate chain and its private key.")
        return operator(certificate, key)
    own = place("keys", "operator")
    if (own / "chain.pem").exists():
        return operator(own / "chain.pem", own / "key.pem")
    return local()


def local(tsa_url: str | None = None) -> Signer:
    """The development chain, made on first use."""
    return Signer(development(), "es256", tsa_url=_authority(tsa_url))


def operator(certificate: str | os.PathLike, key: str | os.PathLike, tsa_url: str | None = None) -> Signer:
    """The operator's own: PEM files of the chain (leaf first, root left out) and of the leaf's private key. Raises ValueError."""
    chain = replace(_chain(_text(certificate, "certificate")), key=_text(key, "private key"))
    check(chain)
    return Signer(chain, algorithm_of(chain), tsa_url=_authority(tsa_url))


def callback(certificates: str, sign: Callable[[bytes], bytes], tsa_url: str | None = None) -> Signer:
    """A key that never leaves its module: `sign(data)` returns the signature of `data` under the leaf's key.

    certificates: PEM, leaf first. Elliptic-curve signatures may come as DER or as r and s side by side; RSA as PSS with a salt as long
    as the hash. What `sign` raises is told in one sentence. Raises ValueError.
    """
    chain = _chain(certificates)
    check(chain)
    algorithm = algorithm_of(chain)
    width = {"es256": 32, "es384": 48, "es512": 66}.get(algorithm)
    return Signer(chain, algorithm, (lambda data: _side_by_side(sign(data), width)) if width else sign, _authority(tsa_url))


def install(certificate: str | os.PathLike, key: str | os.PathLike) -> Signer:
    """Keep the operator's pair in keys/operator of the data folder (mode 0600), to sign with from now on. Raises ValueError."""
    made = operator(certificate, key)
    kept = folder("keys", "operator")
    _write(kept / "key.pem", made.chain.key)
    _write(kept / "chain.pem", made.chain.pem + made.chain.root)
    _write(folder("keys", "operator", "used") / f"{made.chain.leaf.serial_number:x}.pem", made.chain.pem + made.chain.root)
    return made


def uninstall() -> bool:
    """Forget the operator's pair; whether there was one."""
    kept, there = place("keys", "operator"), False
    for name in ("chain.pem", "key.pem"):
        there |= (kept / name).exists()
        (kept / name).unlink(missing_ok=True)
    return there


def ours() -> list[tuple[str, str]]:
    """The operator's certificates, present and past, as (who issued it, PEM; its serial number): what tells that a signature is ours.

    One whose issuer is not in its file is left out.
    """
    given, kept = os.environ.get(CERT), place("keys", "operator")
    found = set()
    for path in ([Path(given).expanduser()] if given else []) + sorted(kept.glob("used/*.pem")):
        with contextlib.suppress(ValueError):
            chain = _chain(_text(path, "certificate"))
            above = [*chain.certificates[1:], chain.root][0]
            found |= {(above if isinstance(above, str) else _pem(above), str(chain.leaf.serial_number))} if above else set()
    return sorted(found)


def algorithm_of(chain: Chain) -> str:
    """The COSE algorithm that the leaf's key demands. Raises ValueError for keys that C2PA does not allow."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    key = chain.leaf.public_key()
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "ed25519"
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= 2048:
        return "ps256"
    found = isinstance(key, ec.EllipticCurvePublicKey) and {256: "es256", 384: "es384", 521: "es512"}.get(key.curve.key_size)
    if not found:
        raise ValueError(f"The key of {chain.name!r} is of a kind that C2PA does not allow: use P-256, P-384, P-521, Ed25519, or RSA of 2048 bits.")
    return found


def _side_by_side(signature: bytes, width: int) -> bytes:
    """An ECDSA signature as COSE wants it: r and s of `width` bytes each (RFC 9053, 2.1)."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    if len(signature) == 2 * width:
        return signature
    r, s = decode_dss_signature(signature)
    return r.to_bytes(width, "big") + s.to_bytes(width, "big")


def _authority(url: str | None) -> str | None:
    url = url or os.environ.get(TSA) or None
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
        raise ValueError(f"{url!r} is no address of a time stamp authority: {TSA} takes one such as http://timestamp.example.com.")
    return url


def _chain(pem: str) -> Chain:
    """The certificates of a PEM text, the root apart, which signatures leave out."""
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        raise ValueError("The certificate cannot be read: give a PEM file that begins with -----BEGIN CERTIFICATE-----.") from None
    root = found.pop() if len(found) > 1 and found[-1].issuer == found[-1].subject else None
    return Chain("".join(map(_pem, found)), root=_pem(root) if root else "")


def _text(path: str | os.PathLike, what: str) -> str:
    path = Path(path).expanduser()
    try:
        if path.stat().st_size > MAX_PEM:
            raise ValueError(f"{path} is no {what}: it has more than a megabyte.")
        return path.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no {what} in PEM: convert it with openssl first.") from None
    except OSError as error:
        raise ValueError(f"Cannot read the {what} {path}: {error.strerror}.") from None
