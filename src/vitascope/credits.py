"""Whom and what a film shows: a line for people, the licensed works, the pictures for the painter."""

from __future__ import annotations

import numpy as np

from .director.plan import PRESENCE, Plan


def describe(plan: Plan) -> str:
    """One line that a person can read: who does what, where, seen how."""
    text = ""
    for i, shot in enumerate(plan.shots):
        who = ", ".join(f"{s.name} {s.motion}" for s in shot.subjects) or "nobody"
        s = shot.scene
        text += ("" if not i else " | then | " if shot.dissolve else " | cut | ")
        text += f"{who}; {s.kind}, {s.time}, {s.weather}, {s.ground}; camera {shot.camera_name}; {shot.style}"
    return text


def sources(plan: Plan, library, settings=()) -> list[dict]:
    """The works that a film drew on, with author and licence: exactly those, no more. `settings`: names of the user's characters that
    are its scene or lend its colours."""
    ids = dict.fromkeys(s.reference for shot in plan.shots for s in shot.subjects)
    ids |= dict.fromkeys(library.find(f"@{name}", "3d").id for name in settings if name and library.find(f"@{name}", "3d"))
    return [
        dict(id=r.id, label=r.label, author=r.author, licence=r.licence, source=r.source, sha256=r.sha256)
        for r in (library[i] for i in ids)
    ]


def references(plan: Plan, library, frame: int, most: int = 2) -> np.ndarray:
    """Pictures (r 64 64 3) of who is there from base frame `frame` on, at most as many as the transformer was trained with."""
    from .library import picture

    ids: list[str] = []
    for shot, start in reversed(list(zip(plan.shots, plan.starts))):
        if start <= frame:
            for subject in shot.subjects:
                here = subject.track[frame - start :, PRESENCE]
                if (here > 0.5).any() and subject.reference not in ids:
                    ids.append(subject.reference)
            break
    return np.stack([picture(library, r) for r in ids[:most]]) if ids else np.zeros((0, 64, 64, 3), np.uint8)
