"""From base frames to the film: more pixels, more frames, detail carried over from what is known, and what is known put back.

A film of which nothing is known is drawn: its base frames go through Real-ESRGAN and RIFE. In footage the base frames only say
what happens where; sharpness comes from the known frames beside them, colour is matched to theirs, and short gaps are
completed by whatever a measurement on the footage itself finds best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from .timeline import Timeline

BRIDGE = 6.0  # seconds of a gap up to which completing it from both sides is tried
CONTEXT = 3.0  # seconds of footage on each side of a gap on which that is measured


class Master:
    """Makes one film's frames, in order. `notes` grows while it works: how each gap was completed."""

    def __init__(self, timeline: Timeline, *, upscaler=None, interpolator=None, cuts: Iterable[int] = (),
                 tell: Callable[[int, int], None] = lambda done, total: None):  # fmt: skip
        self.line, self.upscaler, self.interpolator, self.cuts, self.tell = timeline, upscaler, interpolator, list(cuts), tell
        self.notes: list[dict] = []

    def stream(self, base: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        """Base frames (h w c) in order to the film's `num_frames` frames at its own size."""
        frames = self._mended(base) if self.line.pieces else self._drawn(base)
        for i, frame in enumerate(frames, start=1):
            yield frame
            self.tell(i, self.line.num_frames)
            if i == self.line.num_frames:
                return

    def _drawn(self, base) -> Iterator[np.ndarray]:
        from .finishing import fit

        line = self.line
        if self.interpolator and line.stride > 1:
            for frame in self.interpolator.stream(base, line.stride, self.cuts, self.upscaler):
                yield fit(frame, line.size)
            return
        source = self.upscaler.stream(base) if self.upscaler else base
        for k, frame in enumerate(source):
            if k % line.skip == 0:
                frame = fit(frame, line.size)
                yield from [frame] * line.stride

    def _mended(self, base) -> Iterator[np.ndarray]:
        """Footage: known frames as they are, and each run of open base frames from what is known on both sides of it."""
        line, whole = self.line, self.line.whole()
        last_known = int(np.flatnonzero(whole).max(initial=-1))
        before, waiting, first = None, [], True
        for k, small in enumerate(base):
            frame = k * line.stride // line.skip
            if frame >= line.num_frames and not waiting:
                break
            if frame < line.num_frames and whole[frame]:
                now = frame, line.at(frame)[0]
                if first and not waiting:
                    yield now[1]
                yield from self._run(before, waiting, now, first)
                before, waiting, first = now, [], False
            else:
                waiting.append((frame, small))
                if frame > last_known:
                    before = yield from self._run(before, waiting, None, first)
                    waiting, first = [], False
        if waiting:
            yield from self._run(before, waiting, None, first)
        elif before and before[0] < line.num_frames - 1:  # known frames behind the last base frame
            yield from (self.paste(i, before[1]) for i in range(before[0] + 1, line.num_frames))

    def _run(self, before, waiting: list, after, first: bool):
        """Frames behind `before` up to `after`, both (frame, picture) or None, by way of the open base frames `waiting`.

        Returns the last (frame, picture), from which the next run goes on.
        """
        larges = self._large(before, waiting, after)
        stops = [s for s in (before, *larges, after) if s is not None]
        frames: list[np.ndarray] | Iterator[np.ndarray] = self._between(stops, include_first=first and before is None and bool(larges))
        gap = self._gap(before, after)
        if gap:
            frames = self._completed(before[0] + 1, list(frames), gap, bool(larges))
        yield from frames
        return stops[-1]

    def _large(self, before, waiting: list, after) -> list[tuple[int, np.ndarray]]:
        """Open base frames at the film's size, with what is known on either side as the source of their detail."""
        from .footage import carry_detail

        forward, backward, source = [], [], before
        for frame, small in waiting:
            picture = self.compose(frame, enlarge(small, self.line.size, self.upscaler if self.drawn else None))
            sketched = self.line.at(frame, sketched=True)  # a clip that is edited lends its own detail
            sharp = sketched[0] if sketched is not None else source[1] if source is not None else None
            source = (frame, picture if sharp is None else carry_detail(picture, sharp))
            forward.append(source)
        if after is None:
            return forward
        source = after
        for frame, small in reversed(waiting):
            picture = self.compose(frame, enlarge(small, self.line.size, self.upscaler if self.drawn else None))
            source = (frame, carry_detail(picture, source[1]))
            backward.append(source)
        backward.reverse()
        if before is None:
            return backward
        share = np.linspace(0, 1, len(waiting) + 2)[1:-1]
        return [(f, mix(a, b, s)) for (f, a), (_, b), s in zip(forward, backward, share)]

    @property
    def drawn(self) -> bool:
        """Whether Real-ESRGAN, which was made for drawings, brings this footage back better than plain enlargement does."""
        if not hasattr(self, "_drawing"):
            self._drawing = False
            known = np.flatnonzero(self.line.whole())
            if self.upscaler and len(known):
                truth = self.line.at(int(known[len(known) // 2]))[0]
                w, h = self.line.base_size
                small = enlarge(truth, (w, h))
                errors = [np.square(enlarge(small, self.line.size, u).astype(np.float32) - truth).mean() for u in (self.upscaler, None)]
                self._drawing = bool(errors[0] < 0.9 * errors[1])
        return self._drawing

    def _between(self, stops: list, include_first: bool) -> Iterator[np.ndarray]:
        """The film's frames behind the first of `stops` (frame, picture) up to the last one."""
        if include_first:
            yield self.paste(*stops[0])
        for (a, one), (b, other) in zip(stops, stops[1:]):
            whole = [self.line.at(i) for i in range(a + 1, b)]
            for i, there in zip(range(a + 1, b), whole):
                if there is not None and there[1].all():
                    yield there[0]
                elif self.interpolator:
                    yield self.paste(i, self.compose(i, self.interpolator.between(one, other, (i - a) / (b - a))))
                else:
                    yield self.paste(i, one if 2 * (i - a) <= b - a else other)
            yield self.paste(b, other)

    def compose(self, frame: int, picture: np.ndarray) -> np.ndarray:
        """A painted picture whose colours meet what is known around the open region, with the known pixels laid over it."""
        there = self.line.at(frame)
        if there is None or not there[1].any():
            return picture
        known, counts = there
        return np.where(counts[..., None], known, membrane(picture, known, counts))

    def paste(self, frame: int, picture: np.ndarray) -> np.ndarray:
        """What is known at a frame, bit for bit, over a picture."""
        there = self.line.at(frame)
        return picture if there is None else np.where(there[1][..., None], there[0], picture)

    def _gap(self, before, after) -> tuple[int, int] | None:
        """The span of open frames between two known ones, if it is one span and short enough to complete from both sides."""
        if before is None or after is None or not (self.whole_at(before[0]) and self.whole_at(after[0])):
            return None
        open_ = [i for i in range(before[0] + 1, after[0]) if not self.whole_at(i)]
        if not open_ or len(open_) > BRIDGE * self.line.fps or any(self.line.at(i) is not None for i in open_):
            return None
        return open_[0], open_[-1] + 1

    def whole_at(self, frame: int) -> bool:
        there = self.line.at(frame)
        return there is not None and bool(there[1].all())

    def _completed(self, first: int, frames: list[np.ndarray], gap: tuple[int, int], modelled: bool) -> list[np.ndarray]:
        """Frames `first`.. of the film with those of the gap completed from both sides, the model's among the candidates."""
        from .footage import fill_gap

        start, stop = gap
        reach = int(CONTEXT * self.line.fps)
        a, b = start, stop
        while a > 0 and start - a < reach and self.whole_at(a - 1):
            a -= 1
        while b < self.line.num_frames and b - stop < reach and self.whole_at(b):
            b += 1
        blank = np.zeros_like(frames[0])
        context = np.stack([blank if start <= i < stop else self.line.at(i)[0] for i in range(a, b)])
        model = np.stack(frames[start - first : stop - first]) if modelled else None
        filled, note = fill_gap(context, start - a, stop - a, self.interpolator, model=model)
        self.notes.append(dict(start=round(start / self.line.fps, 3), stop=round(stop / self.line.fps, 3), **note))
        frames[start - first : stop - first] = list(filled)
        return frames


def enlarge(picture: np.ndarray, size: tuple[int, int], upscaler=None) -> np.ndarray:
    """(h w c) uint8 stretched to `size` (width, height), through Real-ESRGAN if an upscaler is given."""
    import cv2

    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    picture = upscaler.upscale(picture) if upscaler else picture
    shrinks = size[0] * size[1] < picture.shape[0] * picture.shape[1]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def mix(one: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    """Two pictures (h w c) uint8 cross-faded, `share` 0..1 of the other."""
    import cv2

    return cv2.addWeighted(one, 1 - share, other, share, 0)


def membrane(picture: np.ndarray, known: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """A picture (h w c) brought to the colours of what is `known` where `counts` (h w): the difference at the region's edge
    goes on into it, ever smoother (a coarse-to-fine membrane, as in Farbman et al. 2009)."""
    import cv2

    h, w = picture.shape[:2]
    weight = counts.astype(np.float32)
    offset = (known.astype(np.float32) - picture) * weight[..., None]
    levels = []
    while min(weight.shape) > 2:
        levels.append((offset, weight))
        size = (weight.shape[1] + 1) // 2, (weight.shape[0] + 1) // 2
        offset, weight = cv2.resize(offset, size, interpolation=cv2.INTER_AREA), cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    field = offset / np.maximum(weight, 1e-6)[..., None]
    for offset, weight in reversed(levels):
        size = weight.shape[1], weight.shape[0]
        coarse = cv2.resize(field, size, interpolation=cv2.INTER_LINEAR)
        sure = np.clip(weight, 0, 1)[..., None]
        field = sure * offset / np.maximum(weight, 1e-6)[..., None] + (1 - sure) * coarse
    return np.clip(picture + field, 0, 255).round().astype(np.uint8)
