"""Every task is a way to lay out a timeline; these functions are the whole difference between them.

Each returns a `Layout`: the timeline to be filled in, and what is handed out before and after it as it is. Long footage is
not carried along: a timeline holds as much of it beside the open part as says how things move there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .clip import Clip
from .director.plan import Plan
from .timeline import LONGEST, Piece, Timeline, check_fps, check_size, frames_of

CONTEXT = 4.0  # seconds of footage beside an open part


@dataclass(frozen=True)
class Layout:
    """`lead` and `trail` (t h w c) are handed out around frames `start`..`stop` of the timeline (all of them if None).

    plan: the one of a film that goes on; the director continues it
    """

    timeline: Timeline
    lead: np.ndarray | None = None
    trail: np.ndarray | None = None
    start: int = 0
    stop: int | None = None
    plan: Plan | None = None

    @property
    def num_frames(self) -> int:
        stop = self.timeline.num_frames if self.stop is None else self.stop
        return stop - self.start + sum(len(part) for part in (self.lead, self.trail) if part is not None)


def text_to_video(prompt: str, *, seconds: float, size: tuple[int, int], fps: float, negative_prompt: str = "",
                  loop: bool = False) -> Layout:  # fmt: skip
    """Nothing is known; the director sketches all of it."""
    check_fps(fps)
    check_size(*size)
    line = Timeline(frames_of(seconds, fps), size, fps, words(prompt), negative_prompt, loop=loop)
    if loop:  # whole latent frames, so that the last leads to the first
        round_ = 4 * line.stride
        line = line.with_(num_frames=max(1, round(line.num_frames / round_)) * round_)
    return Layout(line)


def image(prompt: str, *, size: tuple[int, int], negative_prompt: str = "") -> Layout:
    """One frame."""
    check_size(*size)
    return Layout(Timeline(1, size, 8.0, words(prompt), negative_prompt))


def animate(pictures: Sequence[np.ndarray], prompt: str = "", *, at: Sequence[float] | None = None, seconds: float,
            size: tuple[int, int], fps: float, negative_prompt: str = "", sketches: tuple[Piece, ...] = ()) -> Layout:  # fmt: skip
    """Pictures (h w c) are known frames: one at 0 s, two at both ends, more evenly between, or at the seconds `at`."""
    check_fps(fps)
    check_size(*size)
    count = frames_of(seconds, fps)
    if at is None:
        at = np.linspace(0, (count - 1) / fps, len(pictures)) if len(pictures) > 1 else [0.0]
    if len(at) != len(pictures):
        raise ValueError(f"There are {len(pictures)} pictures and {len(at)} times: give one time for each picture.")
    line = Timeline(count, size, fps, words(prompt), negative_prompt)
    pieces: list[Piece] = list(sketches)
    for second, picture in sorted(zip(at, pictures), key=lambda pair: pair[0]):
        if not 0 <= second <= seconds:
            raise ValueError(f"A picture at {second:g} s lies outside a film of {seconds:g} s: choose another --at.")
        frame = min(round(second * fps / line.stride) * line.stride, count - 1)  # on a base frame, so that it is painted towards
        if any(p.start == frame and p.strength is None and p.mask is None for p in pieces):
            raise ValueError(f"Two pictures stand at {second:g} s: move one of them.")
        pieces.append(Piece(frame, Clip(picture[None]).cover(*size).frames))
    return Layout(line.with_(pieces=tuple(pieces)))


def extend(clip: Clip, prompt: str = "", *, after: float = 0.0, before: float = 0.0, negative_prompt: str = "",
           plan: Plan | None = None) -> Layout:  # fmt: skip
    """The clip is known; what comes after it, or before it, is open. With the `plan` of a film of ours the director goes on with it."""
    if bool(after) == bool(before):
        raise ValueError("Say how many seconds to add: after the clip or before it.")
    more = frames_of(after or before, clip.fps)
    line = Timeline(len(clip) + more, clip.size, clip.fps, words(prompt), negative_prompt)
    if plan is not None and line.skip == 1 and abs(plan.fps - line.base_fps) < 1e-3:
        more = -(-more // line.stride) * line.stride
        start, open_ = (0, (len(clip), len(clip) + more)) if after else (more, (0, more))
        line = line.with_(num_frames=len(clip) + more, pieces=(Piece(start, clip.frames),), drawn=(open_,))
        return Layout(line, plan=plan)
    near = min(len(clip), max(1, round(CONTEXT * clip.fps)))
    line = Timeline(near + more, clip.size, clip.fps, words(prompt), negative_prompt)
    if after:
        return Layout(line.with_(pieces=(Piece(0, clip.frames[-near:]),)), lead=clip.frames[:-near])
    return Layout(line.with_(pieces=(Piece(more, clip.frames[:near]),)), trail=clip.frames[near:])


def fill(clip: Clip, prompt: str = "", *, spans: Sequence[tuple[int, int]] = (), mask: np.ndarray | None = None,
         negative_prompt: str = "") -> Layout:  # fmt: skip
    """All is known but frames start..stop of each span, or the pixels of `mask` (h w) or (t h w), or those within the spans."""
    if not len(spans) and mask is None:
        raise ValueError("Say what is missing: --span, --mask or --auto.")
    edges, pieces, before = [(a, b) for a, b in spans], [], 0
    if sum(b - a for a, b in edges) >= len(clip):
        raise ValueError("Nothing of the clip would be left to go by: leave some of it known.")
    if mask is not None:
        edges = edges or [(0, len(clip))]
    for start, stop in edges:
        if start > before:
            pieces.append(Piece(before, clip.frames[before:start]))
        if mask is not None:
            here = mask if mask.ndim == 2 else mask[start:stop]
            pieces.append(Piece(start, clip.frames[start:stop], mask=~here))
        before = stop
    if before < len(clip):
        pieces.append(Piece(before, clip.frames[before:]))
    return Layout(Timeline(len(clip), clip.size, clip.fps, words(prompt), negative_prompt, tuple(pieces)))


def outpaint(clip: Clip, prompt: str = "", *, size: tuple[int, int], negative_prompt: str = "") -> Layout:
    """The clip stands, pixel for pixel, in the middle of a larger picture, the rest of which is open."""
    (w, h), (width, height) = clip.size, size
    if width < w or height < h or size == clip.size:
        raise ValueError(f"{width}x{height} leaves no room around a clip of {w}x{h}: choose a larger --size.")
    left, top = (width - w) // 2, (height - h) // 2
    frames = np.zeros((len(clip), height, width, 3), np.uint8)
    frames[:, top : top + h, left : left + w] = clip.frames
    mask = np.zeros((height, width), bool)
    mask[top : top + h, left : left + w] = True
    line = Timeline(len(clip), size, clip.fps, words(prompt), negative_prompt, (Piece(0, frames, mask=mask),))
    return Layout(line)


def connect(first: Clip, second: Clip, prompt: str = "", *, seconds: float, negative_prompt: str = "", loop: bool = False) -> Layout:
    """Two clips of one size and rate are known; the `seconds` between them are open. `loop`: the second is not handed out."""
    if first.size != second.size or abs(first.fps - second.fps) > 1e-3 * first.fps:
        raise ValueError("Clips to be connected need one size and one fps: resize the second first.")
    bridge = frames_of(seconds, first.fps)
    near, far = (min(len(c), max(1, round(CONTEXT * c.fps))) for c in (first, second))
    pieces = Piece(0, first.frames[-near:]), Piece(near + bridge, second.frames[:far])
    line = Timeline(near + bridge + far, first.size, first.fps, words(prompt), negative_prompt, pieces)
    if loop:
        return Layout(line, lead=first.frames[:-near], stop=near + bridge)
    return Layout(line, lead=first.frames[:-near], trail=second.frames[far:])


def loop(clip: Clip, prompt: str = "", *, seconds: float = 1.0, negative_prompt: str = "") -> Layout:
    """The clip, and `seconds` that lead from its end back to its beginning."""
    return connect(clip, clip, prompt, seconds=seconds, negative_prompt=negative_prompt, loop=True)


def edit(clip: Clip, prompt: str, *, strength: float = 0.6, span: tuple[int, int] | None = None, negative_prompt: str = "") -> Layout:
    """The clip is its own sketch (SDEdit, Meng et al. 2022), trusted the less the greater `strength`; outside `span` it is known."""
    if not 0 < strength <= 1:
        raise ValueError(f"An edit's strength is more than 0 and at most 1, not {strength:g}: choose another --strength.")
    a, b = span or (0, len(clip))
    pieces = [Piece(start, clip.frames[start:stop]) for start, stop in ((0, a), (b, len(clip))) if stop > start]
    pieces.append(Piece(a, clip.frames[a:b], strength=1 - strength))
    return Layout(Timeline(len(clip), clip.size, clip.fps, ((a / clip.fps, prompt),), negative_prompt, tuple(pieces)))


def storyboard(board, *, read) -> list[Layout]:
    """One layout for each shot of a `Storyboard`, which end at its hard cuts. `read(path) -> Clip` opens files.

    Within a shot words change without a cut; pictures and clips are known. Between them the director draws what the words say,
    and a picture or clip goes on until the next card.
    """
    check_fps(board.fps)
    check_size(*board.size)
    return [_shot(shot, read) for shot in board.shots()]


def _shot(board, read) -> Layout:
    count = frames_of(board.seconds, board.fps, longest=10 * LONGEST)
    line = Timeline(count, board.size, board.fps, negative_prompt=board.negative_prompt)
    prompts, pieces, drawn = [], [], []
    for card, lasts in zip(board.cards, board.lengths()):
        start = min(round(card.at * board.fps / line.stride) * line.stride, count - 1)
        room = min(count - start, max(1, round(lasts * board.fps)))
        if card.prompt:
            prompts.append((card.at, f"{card.prompt}, camera {card.camera}" if card.camera else card.prompt))
        if card.picture:
            frame = read(card.picture).cover(*board.size).frames[:1]
            shown = min(room, max(1, round(card.hold * board.fps)))
            pieces.append(Piece(start, np.broadcast_to(frame, (shown, *frame.shape[1:]))))
        elif card.clip:
            clip = at_rate(read(card.clip).cut(card.start, card.stop), board.fps).cover(*board.size)
            pieces.append(Piece(start, clip.frames[:room]))
        else:
            drawn.append((start, start + room))
    return Layout(line.with_(prompts=tuple(prompts), pieces=tuple(pieces), drawn=tuple(drawn) if pieces else ()))


def at_rate(clip: Clip, fps: float) -> Clip:
    """The clip at another rate, each frame the nearest in time."""
    if abs(clip.fps - fps) < 1e-3 * fps:
        return clip
    times = np.arange(max(1, round(clip.seconds * fps))) / fps
    return Clip(clip.frames[(times * clip.fps + 1e-6).astype(int).clip(0, len(clip) - 1)], fps)


def words(prompt: str) -> tuple[tuple[float, str], ...]:
    return ((0.0, prompt),) if not isinstance(prompt, str) or prompt.strip() else ()
