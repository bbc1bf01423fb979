"""Where does this file come from? Its manifest, the watermark in its pixels, the register of films made here and, if asked, a
replay are joined into one plain verdict.

None of it trusts the file: every part gives a finding or says in one sentence why it found nothing.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vitascope.media import ClipError, read_frames

from . import store
from .ids import Issued, Register, file_hash
from .read import ManifestState, read
from .replay import Replay, replay

MADE_HERE = "made here"
EDITED = "made here and edited since"
ELSEWHERE = "made elsewhere with credentials"
BROKEN = "credentials broken"
NONE = "no evidence"
VERDICTS = (MADE_HERE, EDITED, ELSEWHERE, BROKEN, NONE)
CHANCE = 1e-6  # of a false alarm, below which a watermark or a match in the register counts
NAMED = 1e-4  # of an id's agreement by itself, below which it names the film
LONGEST, HELD = 60.0, 512 << 20  # seconds and bytes of a clip that are looked at


@dataclass(frozen=True)
class Verdict:
    """What was found about one file. `verdict` is one of VERDICTS, `why` whole sentences, the rest JSON-ready dictionaries."""

    file: str
    verdict: str
    why: tuple[str, ...]
    credentials: dict
    watermark: dict
    film: Issued | None = None
    replay: Replay | None = None
    recovered: dict = field(default_factory=dict)

    def to_dict(self) -> dict:
        return dict(
            file=self.file, verdict=self.verdict, why=list(self.why), credentials=self.credentials, watermark=self.watermark,
            film=self.film.to_dict() if self.film else None, recovered_manifest=self.recovered or None,
            replay=self.replay.to_dict() if self.replay else None,
        )  # fmt: skip


@dataclass(frozen=True)
class Evidence:
    """What `judge` weighs. manifest: "none", "valid", "trusted" or "invalid"; ours: whether this installation's own certificate signed it;
    marked: whether the watermark of this installation's key was found; film: of the register, by id or by the file's bytes;
    untouched: whether the file's bytes are those that left."""

    manifest: str = "none"
    ours: bool = False
    marked: bool = False
    film: Issued | None = None
    untouched: bool = False
    replayed: bool | None = None


def judge(e: Evidence) -> tuple[str, tuple[str, ...]]:
    """(verdict, sentences that say why)."""
    mark = "The watermark of this installation is in its pixels."
    if e.untouched:
        return MADE_HERE, ("Its bytes are those of a film in this installation's register.",)
    if e.manifest in ("valid", "trusted") and e.ours:
        return MADE_HERE, ("It carries credentials that this installation signed, and nothing that they cover was changed since.",)
    if e.marked or e.replayed:
        how = (mark,) if e.marked else ("Made again from what was recorded of a film, it comes out the same.",)
        state = {
            "none": "Its credentials are gone, so it was saved anew since: re-encoded, cut, captured from a screen or stripped.",
            "invalid": "Its credentials no longer fit it, so it was changed after it was signed.",
        }.get(e.manifest, "It carries somebody else's credentials by now.")
        return EDITED, (*how, state)
    if e.manifest in ("valid", "trusted"):
        known = "a certificate that is trusted here" if e.manifest == "trusted" else "a certificate that nobody here vouches for"
        return ELSEWHERE, (f"It carries whole credentials, signed by {known}; what they say is their signer's word.",)
    if e.manifest == "invalid":
        return BROKEN, ("It carries credentials that don't fit it: forged, damaged, or the file was changed after signing.",)
    return NONE, ("It carries no credentials and no watermark of this installation, which says nothing about whether it is real.",)


def verify(
    path: str | os.PathLike, *, register: Register | None = None, key: bytes | None = None,
    make: Callable[[dict], np.ndarray] | None = None,
) -> Verdict:
    """The verdict about a picture or video file, whatever its name says it is.

    register, key: this installation's own by default; make: replays a recorded film, see replay.replay, and None leaves that out.
    Raises ValueError in one sentence for a file that is missing, empty, or neither a picture, a film nor signed.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path} is not a file: give a picture or a film.")
    register = register or Register()
    manifest = read(path)
    frames, fps, unread = _frames(path)
    if unread and manifest.state == "none":
        raise ValueError(unread)
    mark, film = _watermark(frames, fps, unread, key, register)
    same = register.of_file(file_hash(path))
    film = same or film or (_film(manifest.film_id, register) if manifest.ours else None)
    again = replay(frames, film.about, make) if make and film and frames is not None else None
    if make and not again:
        again = Replay(None, why="No film of the register is named by it, so none was made again.")
    evidence = Evidence(manifest.state, manifest.ours, mark["found"], film, same is not None, again.same if again else None)
    verdict, why = judge(evidence)
    why += _asides(mark, film, again, unread)
    return Verdict(str(path), verdict, why, manifest.to_dict(), mark, film, again, _recovered(path, film, manifest))


def beginning(path: str | os.PathLike) -> tuple[np.ndarray, float]:
    """(frames (t h w 3), frames a second) of a picture or of a film's first LONGEST seconds, less where HELD bytes hold less.

    Raises ClipError.
    """
    first, fps = read_frames(path, max_seconds=0.5)
    seconds = min(LONGEST, HELD / (first[0].nbytes * fps))
    return read_frames(path, max_seconds=seconds) if seconds > 0.5 else (first, fps)


def _frames(path: Path) -> tuple[np.ndarray | None, float, str]:
    """(frames (t h w 3), fps, "") or (None, 0, why they cannot be read)."""
    try:
        return *beginning(path), ""
    except ClipError as error:
        return None, 0.0, str(error)


def _watermark(frames, fps: float, unread: str, key: bytes | None, register: Register) -> tuple[dict, Issued | None]:
    """(what the watermark says, the film that it names, wrong bits allowed for)."""
    if frames is None:
        return dict(found=False, why=f"not looked for: {unread}"), None
    from .detect import together
    from .keys import load_key
    from .watermark import detect

    seen = detect(frames, fps, load_key() if key is None else key)
    report = seen.to_dict() | dict(found=bool(seen.found and seen.p_value <= CHANCE))
    film = _film(seen.film_id, register) if report["found"] else None
    read_ = seen.signs if seen.signs is not None else seen.scores
    if film is None and read_ is not None and (match := register.nearest(read_, store.ids())):
        p_value = together(seen.p_pilot, match.p_value)
        if p_value <= CHANCE and match.p_value <= NAMED:  # a sure pilot says that it is ours, not which of ours
            film = _film(match.film_id, register)
            report |= dict(found=True, looked_up=dict(film_id=f"{match.film_id:016x}", agreement=round(match.agreement, 3), p_value=p_value))
    return report, film


def _film(film_id: int | None, register: Register) -> Issued | None:
    """What is known here of a film: of the register, else of the manifests that are kept."""
    if film_id is None:
        return None
    with contextlib.suppress(KeyError):
        return register[film_id]
    if kept := store.recover(film_id):
        facts = kept.facts.get("generation", {}) if kept.facts else {}
        return Issued(film_id, kept.kept_at, about=facts.get("settings", {}) | {k: facts[k] for k in ("prompt", "seed", "task", "model") if k in facts})
    return None


def _asides(mark: dict, film: Issued | None, again: Replay | None, unread: str) -> tuple[str, ...]:
    """What else there is to say, in sentences."""
    said = []
    if mark["found"] and film is None:
        said.append("The film that the watermark names is not in the register.")
    if again and again.why:
        said.append(again.why)
    elif again:
        alike = "It is" if again.same else "It is not"
        said.append(f"{alike} the film that comes out of what was recorded ({again.psnr} dB, {again.hash:.0%} of the hash differ).")
    if unread:
        said.append(f"Its pixels could not be looked at: {unread}")
    return tuple(said)


def _recovered(path: Path, film: Issued | None, state: ManifestState) -> dict:
    """The credentials with which the film left, kept here, where the file itself no longer carries them; `state` says whether they fit
    the file: a copy that was saved anew they don't."""
    kept = store.recover(film.film_id) if film and state.state in ("none", "invalid") else None
    if kept is None:
        return {}
    return read(path, kept.manifests).to_dict() if kept.manifests else dict(state="unsigned", **kept.facts)
