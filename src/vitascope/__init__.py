"""Vitascope: text to video in the open. `vitascope.generate("a red fox runs through a snowy forest").save("fox.mp4")`."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = ["generate"]


def generate(
    prompt: str, *, seconds: float = 4.0, size: str | tuple[int, int] = "512x320", fps: float = 24.0, seed: int | None = None,
    num_inference_steps: int = 2, guidance_scale: float = 1.0, negative_prompt: str = "", style: str | None = None,
    sketch_strength: float = 1.0, upscale: bool = True, interpolate: bool = True, threads: int | None = None, on_event=None,
):  # fmt: skip
    """A film from a prompt: returns a `vitascope.studio.Film` with `clip`, `plan`, `report` and `save(path)`.

    prompt: what should happen, in English, French, or with nouns of the library's other languages
    seconds: more than 0, at most 60; size: "WIDTHxHEIGHT" or (width, height), 64 to 2048 a side, 9:16 to 21:9; fps: 1 to 60
    seed: a whole number; the same seed on the same machine gives the same bytes; None draws one
    on_event: called with each `vitascope.studio.Event`; an exception that it raises stops the work
    Raises ValueError with one sentence for anything that cannot be filmed.
    """
    from .clip import parse_size
    from .studio import Settings, Studio
    from .tasks import text_to_video

    settings = Settings(
        seed=seed, num_inference_steps=num_inference_steps, guidance_scale=guidance_scale, sketch_strength=sketch_strength,
        style=style, upscale=upscale, interpolate=interpolate, threads=threads,
    )  # fmt: skip
    size = parse_size(size) if isinstance(size, str) else tuple(size)
    timeline = text_to_video(prompt, seconds=seconds, size=size, fps=fps, negative_prompt=negative_prompt)
    return Studio(settings).make(timeline, on_event)
