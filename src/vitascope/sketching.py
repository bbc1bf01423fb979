"""What painting starts from: the director's animatic where nothing is known, a proposal made from the footage where something is.

A sketch is frames (t h w 3) uint8 at the base size with a strength (t) in 0..1, for all base frames of a timeline.
"""

from __future__ import annotations

import numpy as np

from .director.plan import Plan
from .timeline import Timeline

STRONG = 0.85  # how far to trust subjects that the director put into footage


def propose(timeline: Timeline, plan: Plan, library, *, strength: float = 1.0, interpolator=None,
            motion: float = 1.0) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """The sketch of a timeline. `strength`: of the director's animatic; `motion`: 0..2, of a picture that comes alive."""
    from .director.stage import Life
    from .scenario import render_film

    if not timeline.pieces:
        sketch = render_film(plan, library, timeline.base_size, Life.none())
        return sketch, np.full(len(sketch), strength, np.float32)
    frames, known, _ = timeline.base()
    drawn, counts, trust = timeline.base(sketched=True)
    if counts.any():  # a clip to be edited is its own sketch; where it is not, the rest goes on from it
        both = known | counts
        merged = np.where(known[..., None], frames, drawn)
        sketch, believed = complete(merged, both, interpolator)
        believed = np.where(counts.any((1, 2)), trust, believed)
    elif timeline.picture:
        at = timeline.pieces[0].start // timeline.stride
        sketch, believed = alive(frames[at], at, timeline, plan, motion)
    else:
        sketch, believed = complete(frames, known, interpolator)
    if plan.shots and not timeline.picture:
        sketch, believed = direct(sketch, believed, known, plan, library)
    return np.where(known[..., None], frames, sketch), believed.astype(np.float32)


def complete(frames: np.ndarray, known: np.ndarray, interpolator) -> tuple[np.ndarray, np.ndarray]:
    from .footage import guess

    return guess(frames, known, interpolator)


def alive(picture: np.ndarray, at: int, timeline: Timeline, plan: Plan, motion: float) -> tuple[np.ndarray, np.ndarray]:
    """A still picture (h w 3) brought to life, from base frame `at` on and, mirrored in time, before it."""
    from .characters import animate_picture

    count, shot = timeline.base_count, plan.shots[0] if plan.shots else None
    verb, gait = (shot.subjects[0].motion, shot.subjects[0].gait) if shot and shot.subjects else ("stands", "none")
    onward, trust = animate_picture(picture, count - at, camera=shot.camera_name if shot else "zoom in", motion=verb, gait=gait,
                                    strength=motion, fps=timeline.base_fps)  # fmt: skip
    if not at:
        return onward, trust
    back, distrust = animate_picture(picture, at + 1, camera="still", motion="stands", strength=motion, fps=timeline.base_fps)
    return np.concatenate([back[:0:-1], onward]), np.concatenate([distrust[:0:-1], trust])


def direct(sketch: np.ndarray, strength: np.ndarray, known: np.ndarray, plan: Plan, library) -> tuple[np.ndarray, np.ndarray]:
    """The plan's subjects, weather and light drawn over footage where it is not known."""
    from .director.stage import Life, render_plan

    life = Life(shadows=False, gait=False, weather=True, light=False, nature=False, poses=False)
    over = render_plan(plan, library, (sketch.shape[2], sketch.shape[1]), life, backdrop=sketch)[: len(sketch)]
    touched = (over != sketch).any(-1).any((1, 2))
    return np.where(known[..., None], sketch, over), np.where(touched, np.maximum(strength, STRONG * strength.max()), strength)
