"""`vitascope verify FILE`: where a picture or film comes from."""

from __future__ import annotations

import json

from .making import verb

# Exit statuses beside the usual 0 (there is evidence of where it comes from) and 2 (no picture or film, or asked for wrongly).
STATUS = {"credentials broken": 3, "no evidence": 4}
EXAMPLE = 'vitascope generate "a boat on a lake" --size 256x160 --seconds 1 -o boat.mp4 && vitascope verify boat.mp4'


def add(verbs):
    p = verb(verbs, "verify", "where a picture or film comes from: credentials, watermark, register, replay", EXAMPLE)
    p.add_argument("file", metavar="FILE", help="a picture or film, whatever its name says it is")
    p.add_argument("--json", action="store_true", help="print all that was found as JSON")
    p.add_argument("--replay", action="store_true", help="also make the film again from what was recorded of it, and compare")
    p.set_defaults(run=run)


def run(options) -> int:
    from vitascope.provenance.verify import verify

    found = verify(options.file, make=make if options.replay else None)
    print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) if options.json else in_words(found))
    return STATUS.get(found.verdict, 0)


def make(settings: dict):
    """Frames of the film that is made again."""
    from vitascope import api

    return api.generate(**settings).clip.frames


def in_words(found) -> str:
    """The verdict, why, and what is known of the film, in a few lines for people."""
    lines = [f"{found.file}: {found.verdict}", *(f"  {sentence}" for sentence in found.why)]
    state = found.credentials
    signer = state.get("signer", {}).get("name") or "somebody"
    said = [part for part in (state.get("title"), state.get("generator")) if part]
    lines.append(f"  credentials: {state['state']}" + (f", signed by {signer}: {', '.join(said)}" if state["state"] != "none" else ""))
    lines += [f"    {reason}" for reason in state.get("reasons", ()) if state["state"] == "invalid"]
    lines.append(f"  watermark: {mark_in_words(found.watermark)}")
    if found.film:
        about = found.film.to_dict()
        prompt = f", “{about['about']['prompt']}”" if about["about"].get("prompt") else ""
        lines.append(f"  film {about['film_id']}, made {about['made']}{prompt}")
    return printable("\n".join(lines))


def mark_in_words(mark: dict) -> str:
    if "why" in mark:
        return mark["why"]
    chance = min((p for p in (mark.get("p_value"), mark.get("looked_up", {}).get("p_value")) if p is not None), default=1.0)
    return f"found, chance of a false alarm {chance:.0e}" if mark["found"] else "not found"


def printable(text: str) -> str:
    """Without characters that would steer a terminal: titles and signers are strangers' words."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)
