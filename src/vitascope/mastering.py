"""From base frames to the film: more pixels, more frames, and what is known put back.

The sketch exists at the film's own size too, and the painter's changes are laid over that (finishing.redraw). In footage the
colours of what was painted meet those of what is known around it, and short gaps are completed by whatever a measurement on
the footage itself finds best.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from .timeline import Timeline, shrink
from .windows import runs

BRIDGE = 6.0  # seconds of a gap up to which completing it from both sides is tried
CONTEXT = 3.0  # seconds of footage on each side of a gap on which that is measured
FEWEST = 48  # frames of it, where the rate is low


class Master:
    """Makes one film's frames, in order. `notes` grows while it works: how each gap was completed.

    drawings: for a film of which nothing is known, the plan drawn large, frame by frame at the film's own rate (or the base rate,
        without an interpolator)
    painter: `painter(frames, start, stop)`, what the model would put into a gap of footage, for the measurement; None: gaps are
        left as they were painted
    """

    def __init__(self, timeline: Timeline, *, upscaler=None, interpolator=None, cuts: Iterable[int] = (), drawings=None, painter=None,
                 tell: Callable[[int, int], None] = lambda done, total: None):  # fmt: skip
        self.line, self.upscaler, self.interpolator, self.cuts, self.tell = timeline, upscaler, interpolator, list(cuts), tell
        self.drawings, self.painter, self.notes = drawings, painter, []
        self._pairs: dict[int, tuple[np.ndarray, np.ndarray]] = {}  # open base frames of footage: (painted, plain)

    def stream(self, base: Iterable[tuple[np.ndarray, np.ndarray]]) -> Iterator[np.ndarray]:
        """Base frames (painted, plain), each (h w c), in order, to the film's `num_frames` frames at its own size."""
        frames = self._mended(base) if self.line.pieces else self._drawn(base)
        for i, frame in enumerate(frames, start=1):
            yield frame
            self.tell(i, self.line.num_frames)
            if i == self.line.num_frames:
                return

    def _drawn(self, base) -> Iterator[np.ndarray]:
        from .finishing import fit, redraw
        from .finishing.ahead import in_order

        line = self.line
        if self.drawings and self.upscaler and self.interpolator and line.stride > 1:
            for frame in in_order(self._redrawn(base), self.upscaler.threads):
                yield fit(frame, line.size)
            return
        bundles = ((painted, plain, sharp) for (painted, plain), sharp in zip(base, self.drawings)) if self.drawings else base

        def larger(bundle):
            return redraw(*bundle, self.upscaler.upscale) if self.drawings and self.upscaler else bundle[0]

        if self.interpolator and line.stride > 1:
            for frame in self.interpolator.stream(bundles, line.stride, self.cuts, larger):
                yield fit(frame, line.size)
            return
        threads = self.upscaler.threads if self.upscaler else 1
        for k, frame in enumerate(in_order(lambda submit: (submit(larger, bundle) for bundle in bundles), threads)):
            if k % line.skip == 0:
                yield from [fit(frame, line.size)] * line.stride

    def _redrawn(self, base) -> Callable:
        """Jobs for every frame of a drawn film: between two base frames the plan is drawn, and what was painted moves along."""
        from .finishing import redraw
        from .finishing.interpolate import move

        def between(before, after, time: float, drawing: np.ndarray) -> np.ndarray:
            flow, share = self.interpolator.motion(before[0], after[0], time)
            painted, plain = (move(one, other, flow, share) for one, other in zip(before, after))
            return redraw(painted, plain, drawing, self.upscaler.upscale)

        def jobs(submit):
            before = None
            for k, pair in enumerate(base):
                for j in range(1, self.line.stride) if before is not None else ():
                    drawing = next(self.drawings)
                    if k in self.cuts:
                        yield submit(redraw, *before, drawing, self.upscaler.upscale)
                    else:
                        yield submit(between, before, pair, j / self.line.stride, drawing)
                yield submit(redraw, *pair, next(self.drawings), self.upscaler.upscale)
                before = pair

        return jobs

    def _mended(self, base) -> Iterator[np.ndarray]:
        """Footage: known frames as they are, and each run of open base frames from what is known on both sides of it."""
        line, whole = self.line, self.line.whole()
        last_known = int(np.flatnonzero(whole).max(initial=-1))
        before, waiting, first = None, [], True
        for k, pair in enumerate(base):
            if k % line.skip:  # a film with few frames a second: base frames between them
                continue
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
                waiting.append((frame, pair))
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
        larges = self._large(waiting)
        stops = [s for s in (before, *larges, after) if s is not None]
        frames: list[np.ndarray] | Iterator[np.ndarray] = self._between(stops, include_first=first and before is None and bool(larges))
        for gap in self._gaps(before, after):
            frames = self._completed(before[0] + 1, list(frames), gap, bool(larges))
        yield from frames
        return stops[-1]

    def _large(self, waiting: list) -> list[tuple[int, np.ndarray]]:
        """Open base frames (frame, (painted, plain)) at the film's size: the painter's change over what was sketched there."""
        from .finishing import redraw

        larges = []
        self._pairs = {frame: pair for frame, pair in self._pairs.items() if frame == max(self._pairs)}
        for frame, (painted, plain) in waiting:
            there = self.line.at(min(frame, self.line.num_frames - 1), sketched=True)
            if there is None:
                picture = enlarge(painted, self.line.size, self.upscaler if self.drawn else None)
            else:
                picture = redraw(painted, plain, there[0], self.upscaler.upscale if self.drawn else None)
                self._pairs[frame] = painted, plain
            larges.append((frame, self.compose(frame, picture)))
        return larges

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
                elif there is None and (picture := self._sketched(i, a, b)) is not None:
                    yield picture
                elif self.interpolator:
                    yield self.paste(i, self.compose(i, self.interpolator.between(one, other, (i - a) / (b - a))))
                else:
                    yield self.paste(i, one if 2 * (i - a) <= b - a else other)
            yield self.paste(b, other)

    def _sketched(self, frame: int, a: int, b: int) -> np.ndarray | None:
        """An open frame between base frames `a` and `b`: what is sketched there, with what the painter changed moved along.

        None where nothing is sketched, or one of the two was painted without a sketch.
        """
        from .finishing import redraw
        from .finishing.interpolate import move

        there = self.line.at(frame, sketched=True)
        if there is None or not there[1].all():
            return None
        ends = [self._pairs.get(i) or self._unchanged(i) for i in (a, b)]
        if None in ends:
            return None
        (one, one_plain), (other, other_plain) = ends
        time = (frame - a) / (b - a)
        if self.interpolator:
            flow, share = self.interpolator.motion(one, other, time)
            painted, plain = move(one, other, flow, share), move(one_plain, other_plain, flow, share)
        else:
            painted, plain = mix(one, other, time), mix(one_plain, other_plain, time)
        return redraw(painted, plain, there[0], self.upscaler.upscale if self.drawn else None)

    def _unchanged(self, frame: int) -> tuple[np.ndarray, np.ndarray] | None:
        """A known frame at the base size, in which nothing was changed."""
        if not self.whole_at(frame):
            return None
        small = shrink(self.line.at(frame)[0], self.line.base_size)
        return small, small

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

    def _gaps(self, before, after) -> list[tuple[int, int]]:
        """The spans of open frames between two known ones, if they are short enough to complete from both sides.

        Known frames may lie among them: base frames are further apart than the film's.
        """
        if not self.painter or before is None or after is None or not (self.whole_at(before[0]) and self.whole_at(after[0])):
            return []
        open_ = np.array([not self.whole_at(i) for i in range(before[0] + 1, after[0])])
        spans = [(before[0] + 1 + a, before[0] + 1 + b) for a, b in runs(open_)]
        if any(b - a > BRIDGE * self.line.fps or any(self.line.at(i) is not None for i in range(a, b)) for a, b in spans):
            return []
        return spans

    def whole_at(self, frame: int) -> bool:
        there = self.line.at(frame)
        return there is not None and bool(there[1].all())

    def _completed(self, first: int, frames: list[np.ndarray], gap: tuple[int, int], modelled: bool) -> list[np.ndarray]:
        """Frames `first`.. of the film with those of the gap completed from both sides, the model's among the candidates."""
        from .footage import fill_gap

        start, stop = gap
        reach = max(FEWEST, int(CONTEXT * self.line.fps))
        a, b = max(0, start - reach), min(self.line.num_frames, stop + reach)
        known = np.array([self.whole_at(i) and not start <= i < stop for i in range(a, b)])
        blank = np.zeros_like(frames[0])
        context = np.stack([self.line.at(i)[0] if there else blank for i, there in zip(range(a, b), known)])
        ready = np.stack(frames[start - first : stop - first]) if modelled else None
        model = None
        if modelled:
            model = lambda clip, u, v: ready if (u, v) == (start - a, stop - a) else self.painter(clip, u, v)
        filled, note = fill_gap(context, start - a, stop - a, self.interpolator, model, known=known)
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
