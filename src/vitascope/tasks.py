"""Every task is a way to lay out a timeline; these functions are the whole difference between them."""

from __future__ import annotations

from .timeline import Timeline, frames_for


def text_to_video(prompt: str, *, seconds: float, size: tuple[int, int], fps: float, negative_prompt: str = "") -> Timeline:
    """Nothing is known; the director sketches all of it."""
    return Timeline(frames_for(seconds), size, fps, prompts=((0, prompt),), negative_prompt=negative_prompt)
