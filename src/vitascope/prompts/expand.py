"""A short prompt becomes a caption in the form that the networks were trained on, always the same for the same prompt."""

from __future__ import annotations

import re

from .reader import Reading
from .vocabulary import singular


def facts_of(reading: Reading) -> dict:
    """A reading in the form of a training film's facts; what is not said is None and left out of the caption."""
    rows = []
    movers = [m for m in reading.subjects if m.role == "subject"]
    for i, m in enumerate(reading.subjects):
        motion = m.motion or "stands"
        label = named(m.label)
        row = dict(object=m.objects[0], label=label, label_fr=label, kind="object", count=m.count, motion=motion,
                   direction=m.direction, gait=m.gait or "none", speed="normal", then=None)  # fmt: skip
        after = reading.subjects[i + 1] if i + 1 < len(reading.subjects) else None
        if motion == "hides":
            row["behind"] = named(after.label) if after else "tree"
        if motion in ("follows", "meets"):
            other = after or next((n for n in movers if n is not m), m)
            row["target"] = named(other.label)
        rows.append(row)
    return dict(subjects=rows, camera=reading.camera, scene=reading.scene, time=reading.time, weather=reading.weather,
                ground=reading.ground or "normal", style=reading.style, order=[], cut=None)  # fmt: skip


def named(label: str) -> str:
    """The words for a thing, the last of them in the singular."""
    *first, last = label.split()
    return " ".join([*first, singular(last)])


def expand(reading: Reading) -> str:
    """The structured caption of one shot: `Subject: …; Motion: …; Scene: …; Light: …; Weather: …; Camera: …; Style: …`."""
    from vitascope.corpus import structured

    return re.sub(r"\s+([;,.]|$)", r"\1", structured(facts_of(reading)))
