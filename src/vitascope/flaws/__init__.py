"""Flaws that films made by machines are known for, as scores: what a film shows against what its plan says it should.

Every film made here has its plan, so none of these guesses: the plan is drawn anew, each subject on its own, and the frames are
compared with that. Footage without a plan cannot be scored.
"""

from __future__ import annotations

from .watch import Score, Watch, score, worst

FLAWS = {
    "limbs": "limbs flicker or swap", "merging": "parts merge", "size": "size drifts against depth", "lines": "façade lines turn with the camera",
    "repeats": "repeated parts differ in length", "shape": "a rigid object changes its form", "presence": "things appear or vanish",
}  # fmt: skip

__all__ = ["FLAWS", "Score", "Watch", "score", "worst"]
