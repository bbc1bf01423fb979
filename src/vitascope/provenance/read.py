"""What the credentials of any file are worth: whoever made it, whatever is wrong with it.

The C2PA library parses what strangers wrote, so it does that in a process of its own that has little memory and time, and that takes
any crash with it. Nothing is ever fetched: manifests and revocation lists elsewhere are named, not asked for.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from vitascope.home import place

from .said import reason_of, summary

TRUST = "VITASCOPE_TRUST"  # a PEM file of roots that the operator trusts, such as C2PA's trust list
SECONDS, BYTES_PER_SECOND, MEMORY, MAX_SAID = 20, 20_000_000, 2 << 30, 4 << 20
STORE = b"jumdc2pa"  # how the description of a manifest store begins
ALONE = "import sys; sys.path[:] = sys.argv[1:]; from vitascope.provenance.read import alone; alone()"


@dataclass(frozen=True)
class ManifestState:
    """state: "none" (no manifest), "valid" (it is whole and so is the file; nobody whom we know vouches for the signer), "trusted" (and
    somebody does), "invalid" (the file or the manifest is not as it was signed).

    codes: C2PA's own, of what failed, the signer's standing included; reasons: the same in one sentence each
    ours: signed by this installation, with its development chain or the operator's certificate
    The rest is what the active manifest says, to be believed as far as `state` goes: title, generator (name and version), actions,
    ingredients and claims (assertions by label) as C2PA words them, generation (our own facts, {} in foreign files), soft_binding
    ({"alg", "value"}), signer (name, issuer, serial, algorithm, time), manifests (how many there are), remote (an address, not asked).
    """

    state: str
    codes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    ours: bool = False
    title: str = ""
    generator: str = ""
    actions: tuple[dict, ...] = ()
    ingredients: tuple[dict, ...] = ()
    claims: dict = field(default_factory=dict)
    generation: dict = field(default_factory=dict)
    soft_binding: dict = field(default_factory=dict)
    signer: dict = field(default_factory=dict)
    manifest: str = ""
    manifests: int = 0
    remote: str = ""

    @property
    def film_id(self) -> int | None:
        """The id that our watermark should carry, where the manifest is bound to one."""
        from .manifest import SOFT_BINDING

        with contextlib.suppress(ValueError):
            if self.soft_binding.get("alg") == SOFT_BINDING:
                return int(self.soft_binding.get("value", ""), 16)
        return None

    def to_dict(self) -> dict:
        return asdict(self) | dict(film_id=f"{self.film_id:016x}" if self.film_id is not None else None)


def read(path: str | os.PathLike, manifests: bytes | None = None) -> ManifestState:
    """The credentials of any file, by its bytes and not by its name. Never raises for what is in the file; ValueError when it cannot be
    opened.

    manifests: a manifest store found elsewhere (`store.recover`), checked against this file instead of what is in it.
    """
    from .certificates import roots
    from .credentials import format_of
    from .signers import ours

    path = Path(path)
    kind = format_of(path)  # raises when the file cannot be opened
    if not path.is_file() or path.stat().st_size == 0:
        return ManifestState("none", reasons=("There is nothing in the file.",))
    asked = dict(path=str(path.absolute()), kind=kind, anchors=anchors(), own=[(roots(), ""), *ours()],
                 manifests=base64.b64encode(manifests).decode() if manifests is not None else None)  # fmt: skip
    return _state(_apart(asked, SECONDS + path.stat().st_size / BYTES_PER_SECOND))


def sealed(path: str | os.PathLike) -> bool:
    """Whether this installation signed the file and nothing has written to it since."""
    found = read(path)
    return found.ours and found.state in ("valid", "trusted")


def harmless(given: str | os.PathLike | bytes) -> bool:
    """Whether the library comes back from a file (a path, or its bytes), whatever it then says of it: what crashes it, is not to be
    looked into."""
    with contextlib.ExitStack() as stack:
        if isinstance(given, bytes):
            file = stack.enter_context(tempfile.NamedTemporaryFile())
            file.write(given)
            file.flush()
            given = file.name
        return "crash" not in _apart(dict(path=str(Path(given).absolute()), kind=None, anchors="", own=[], manifests=None), SECONDS)


def anchors() -> str:
    """The roots that the operator trusts, PEM: VITASCOPE_TRUST, and keys/trust/*.pem of the data folder. Raises ValueError."""
    from cryptography import x509

    given, text = os.environ.get(TRUST), ""
    try:
        for path in ([Path(given).expanduser()] if given else []) + sorted(place("keys", "trust").glob("*.pem")):
            text += path.read_text(encoding="ascii") + "\n"
            x509.load_pem_x509_certificates(text.encode())
    except (OSError, ValueError):
        raise ValueError(f"Cannot read the trusted roots in {path}: {TRUST} and keys/trust take PEM files of certificates.") from None
    return text


def _state(said: dict) -> ManifestState:
    """The child's findings as a ManifestState."""
    if "crash" in said:
        return ManifestState("invalid", ("vitascope.unreadable",), (said["crash"],))
    if "error" in said:
        return _without(said["error"], said["hint"])
    results = said["results"].get("activeManifest") or {}
    failed = list(dict.fromkeys(str(entry.get("code", "")) for entry in results.get("failure") or []))
    failed += [code for delta in said["results"].get("ingredientDeltas") or [] for code in _codes(delta) if code not in failed]
    state = {"Trusted": "trusted", "Valid": "valid"}.get(said["state"], "invalid")
    if state == "invalid" and not failed:
        failed = ["claim.malformed"]
    return ManifestState(state, tuple(failed), tuple(map(reason_of, failed)), ours=said["ours"], remote=said.get("remote") or "",
                         **summary(said["json"]))  # fmt: skip


def _codes(delta: dict) -> list[str]:
    return [str(entry.get("code", "")) for entry in (delta.get("validationDeltas") or {}).get("failure") or []]


def _without(error: str, hint: bool) -> ManifestState:
    """What a file is of which the library makes no manifest at all; `hint`: something in it looks like the beginning of one."""
    kind, _, detail = error.partition(":")
    if kind in ("ManifestNotFound", "NotSupported") or "no JUMBF data" in error:
        return ManifestState("none", reasons=("The file carries no credentials.",) if kind != "NotSupported" else
                             ("The file is of a kind that carries no credentials that we know.",))  # fmt: skip
    if kind.startswith("Remote"):
        return ManifestState("none", reasons=("The file carries no credentials, only an address where some may be; it was not asked.",),
                             remote=" ".join(detail.rpartition(" url ")[2].split())[:500])  # fmt: skip
    if not hint:
        return ManifestState("none", reasons=("The file is damaged or of no kind that we know, and nothing in it looks like credentials.",))
    return ManifestState("invalid", ("claim.malformed",), ("What the file carries as credentials cannot be read.",))


# --- the process that reads -------------------------------------------------------------------------------------------


def _apart(asked: dict, seconds: float) -> dict:
    """Ask a process of its own; {"crash": one sentence} when it does not come back with an answer."""
    paths = [str(Path(__file__).parents[2]), *(path for path in sys.path if os.path.isabs(path))]  # never the folder that it is run in
    command = [sys.executable, "-I", "-c", ALONE, *paths]
    try:
        done = subprocess.run(command, input=json.dumps(asked).encode(), capture_output=True, timeout=seconds)
        return json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return dict(crash=f"The credentials of the file could not be read within {seconds:.0f} seconds.")
    except ValueError:
        return dict(crash="The credentials of the file are made so that reading them fails.")


def alone() -> None:
    """What the process does: one question from standard input, one answer to standard output."""
    asked = json.load(sys.stdin)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(json.dumps(_answer(asked)))


def _answer(asked: dict) -> dict:
    import c2pa

    given = base64.b64decode(asked["manifests"]) if asked["manifests"] is not None else None
    try:
        said = _read(asked, given, asked["anchors"])
    except c2pa.C2paError as error:
        return dict(error=str(error)[:2000], hint=given is not None or _hint(asked["path"]))
    except MemoryError:
        return dict(crash="The credentials of the file want more memory than a film's could.")
    said["ours"] = False
    if said["state"] in ("Valid", "Trusted"):
        serial = summary(said["json"])["signer"].get("serial", "")
        own = [issuer for issuer, number in asked["own"] if issuer and number in ("", serial)]
        said["ours"] = any(_read(asked, given, issuer)["state"] == "Trusted" for issuer in own)
    return said


def _hint(path: str) -> bool:
    """Whether the first 64 MiB of a file hold the head of a manifest store."""
    with open(path, "rb") as file:
        return STORE in file.read(64 << 20)


def _read(asked: dict, manifests: bytes | None, anchors: str) -> dict:
    import c2pa

    trust = dict(user_anchors=anchors) if anchors.strip() else {}
    settings = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}, "trust": trust}
    context = c2pa.Context(c2pa.Settings.from_dict(settings))
    with open(asked["path"], "rb") as file:
        reader = c2pa.Reader(asked["kind"], file, manifests, context)
        text = reader.json()
        if len(text) > MAX_SAID:
            return dict(crash="The credentials of the file have more to say than a film's could.", state="")
        return dict(state=reader.get_validation_state(), results=reader.get_validation_results() or {}, json=json.loads(text), remote=reader.get_remote_url())
