"""The review of one film: what each part of it is asked, when, and what its answers come to."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from .changes import Changes, Watch
from .decision import Decision, Finding, Refused
from .nudity import agreeing

GRAVE = ("violence", "sexual", "hate", "self_harm")  # words in frames that are refused; a name, a brand or what only the classifier says is queued
DENSE = 0.09  # seconds between looks for nudity or a symbol, after one that found it likely
LASTING = 0.24  # seconds between looks of a middling score that are for somebody to look at
CLOSE_UP = 0.08  # share of the frame from which on a face alone is known to alarm the network that looks for nudity
CLEAR = 0.5  # of the face detector's score: from here on a face counts, below it is only noted
NOT_REVIEWED = {
    "gore": "no openly licensed pictures to train or measure on",
    "weapons": "only drawn ones could be trained on, and they are not told from harmless things well enough",
}


class ReviewFailed(ValueError):
    """A part of the review could not be loaded or broke down; nothing may be handed out."""


@contextmanager
def guarded(part: str):
    """Whatever goes wrong in a part of the review becomes ReviewFailed: it fails closed."""
    try:
        yield
    except (Refused, ReviewFailed):
        raise
    except Exception as error:
        words = str(error).strip().splitlines() or [type(error).__name__]
        raise ReviewFailed(f"The frames could not be reviewed ({part}), so nothing is handed out: {words[0][:300]}") from error


@dataclass
class Seen:
    """What one part saw: times (seconds) and scores (0 to 1) of its looks, and the notes that it took."""

    times: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    notes: list[dict] = field(default_factory=list)

    def add(self, time: float, score: float) -> None:
        self.times.append(time)
        self.scores.append(score)


class Session:
    """One film's review: `look` at its frames in order, then `report`. reviewer: a frames.Reviewer."""

    def __init__(self, reviewer, fps: float, uploads: bool, consent: str | None):
        self.reviewer, self.policy, self.fps, self.uploads, self.consent = reviewer, reviewer.policy, fps, uploads, consent
        self.count, self._changes, self._dense = 0, Changes(), {}  # _dense: until when a part looks again and again
        self._sides = (512,) if not uploads else (512, 800) if consent is None else (512, 1024)  # at which faces are looked for
        often = 0.25 if uploads else 0.5
        self._watches = {name: Watch(often, 2.0) for name in ("nudity", "faces")} | {"text": Watch(1.0, 2.0, 5 / fps - 1e-3), "symbols": Watch(often, 2.0, 5 / fps - 1e-3)}
        self._watches = {name: watch for name, watch in self._watches.items() if name in reviewer.names}
        self.seen = {name: Seen() for name in self._watches}
        self.doubts: list[dict] = []
        self.evidence: list[tuple[float, np.ndarray]] = []  # (seconds, frame) of what is in doubt, for the queue
        self._read: list[tuple[np.ndarray, object]] = []
        self._judged: dict[str, Decision] = {}
        self._right: list[float] = []

    @property
    def borderline(self) -> bool:
        """Whether somebody should look at this before it is shown."""
        return bool(self.doubts)

    def look(self, frames: np.ndarray) -> None:
        """Reviews the next frames (t h w 3) uint8. Raises Refused, or ReviewFailed where a part broke down."""
        with guarded("comparing"):
            if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 3:
                raise ValueError(f"frames are {frames.dtype} {frames.shape}, but must be uint8 (t h w 3).")
            frames = np.ascontiguousarray(frames)
        self._lone = self.count == 0 and len(frames) == 1
        looked = -1  # of these frames, the last that the look for nudity saw
        for index, frame in enumerate(frames):
            time = self.count / self.fps
            with guarded("comparing"):
                share, abrupt = self._changes.look(frame)
            due = [name for name, watch in self._watches.items() if watch.due(time, share, abrupt) or self._is_dense(name, time)]
            for name in due:
                with guarded(name):
                    getattr(self, f"_{name}")(frame, time)
                    self._watches[name].looked(time)
            if "nudity" in due:
                if self.seen["nudity"].scores[-1] >= self.policy.frames.nudity.review:
                    with guarded("nudity"):
                        self._look_back(frames, looked, index)
                looked = index
            if due:
                self._changes.judged()
            self.count += 1
        if "nudity" in self.seen:
            self._weigh_nudity(frames)

    def _is_dense(self, name: str, time: float) -> bool:
        return time <= self._dense.get(name, -1.0) and time - self.seen[name].times[-1] >= DENSE - 1e-6

    def _nudity(self, frame: np.ndarray, time: float) -> None:
        score = self.reviewer.part("nudity")(frame)
        self.seen["nudity"].add(time, score)
        if score >= self.policy.frames.nudity.review:
            self._dense["nudity"] = time + 1.0

    def _look_back(self, frames: np.ndarray, looked: int, index: int) -> None:
        """Judges what came just before a frame that may show nudity, back to the last look or to the first frame that does not."""
        seen, step = self.seen["nudity"], max(1, round(DENSE * self.fps))
        for before in range(index - step, max(looked, index - 3 * step - 1), -step):
            score = self.reviewer.part("nudity")(frames[before])
            time = (self.count - index + before) / self.fps
            place = int(np.searchsorted(seen.times, time))
            seen.times.insert(place, time)
            seen.scores.insert(place, score)
            if score < self.policy.frames.nudity.review:
                return

    def _weigh_nudity(self, frames: np.ndarray) -> None:
        """Refuses what several looks agree on; what only one says, or a close-up of a face may have caused, is for somebody to look at."""
        seen, limits = self.seen["nudity"], self.policy.frames.nudity
        if not seen.scores or max(seen.scores) < limits.review:
            return
        agreed = agreeing(seen.times, seen.scores, limits.refuse, still=self.uploads and self.count == 1)
        best = int(np.argmax(seen.scores))
        if agreed is not None and not self._close_up():
            raise Refused(self._decision("sexual", f"nudity at {seen.times[best]:.1f} s", agreed, limits.refuse, "OpenNSFW"))
        lone = agreeing(seen.times, seen.scores, limits.review, apart=LASTING) is None and max(seen.scores) < limits.refuse and self.count > 1
        if not lone:  # a moment between review and refuse is what clean films show, too
            self._doubt("sexual", seen.times[best], seen.scores[best], "nudity")
            start = self.count - len(frames)
            self._keep(seen.times[best], frames[int(np.clip(round(seen.times[best] * self.fps) - start, 0, len(frames) - 1))])

    def _close_up(self) -> bool:
        return any(note["share"] >= CLOSE_UP for note in self.seen["faces"].notes) if "faces" in self.seen else False

    def _faces(self, frame: np.ndarray, time: float) -> None:
        part, found = self.reviewer.part("faces"), []
        for side in self._sides:
            found = found or part.find(frame, side)
        self.seen["faces"].add(time, max((face.score for face in found if not face.drawn), default=0.0))
        for face in found:
            if not face.drawn and (face.score >= CLEAR or self.reviewer.people):
                self._person(frame, time, face)

    def _person(self, frame: np.ndarray, time: float, face) -> None:
        """A real face: nobody of the register's protected people, and with consent where films are to be drawn from it."""
        from .register import nearest

        limits, who, distance = self.policy.frames.faces, None, None
        if self.reviewer.people:
            who, distance = nearest(self.reviewer.part("faces").embed(frame, face), self.reviewer.people)
            who = who if distance <= limits.distance else None
        note = {"at": round(time, 3), "score": round(face.score, 3), "share": round(face.share, 4)}
        if distance is not None:
            note["distance"] = round(distance, 3)
        self.seen["faces"].notes.append(note | ({"person": who.name, "consent": who.consent} if who else {}))
        if who and who.protected:
            likeness = float(np.clip(1 - distance, 0, 1))
            raise Refused(self._decision("likeness", f"a protected person at {time:.1f} s", likeness, 1 - limits.distance, "the register"))
        if who or face.score < CLEAR or not limits.consent or not self.uploads or self.consent:
            return
        if self.consent == "":
            rule = "A picture of a real person needs their recorded consent: give it with --consent, or add them with `vitascope protect add NAME PICTURE --consent TEXT`."
            raise Refused(self._decision("likeness", "a real face", min(1.0, face.score), CLEAR, "faces", rule))
        if self._lone:  # people in a clip of the user's own are noted; a picture that is to be brought to life is another matter
            self._doubt("likeness", time, min(1.0, face.score), "a real face in a picture")
            self._keep(time, frame)

    def _text(self, frame: np.ndarray, time: float) -> None:
        part, sure = self.reviewer.part("text"), self.policy.frames.text.confidence
        side = min(max(frame.shape[:2]), 736) if self.uploads else 352
        boxes = part.boxes(frame, side)
        lines = [line for box in boxes if (line := self._line(part, frame, box)).confidence >= sure and sum(map(str.isalnum, line.words)) >= 3]
        lines.sort(key=lambda line: (round(line.box[1] * 12), line.box[0]))
        words = " ".join(line.words for line in lines)
        if words and words not in self._judged:
            self._words(words, frame, time, min(line.confidence for line in lines))
        self.seen["text"].add(time, max((f.score for f in self._judged[words].findings), default=0.0) if words else 0.0)

    def _words(self, words: str, frame: np.ndarray, time: float, confidence: float) -> None:
        decision = self._judged[words] = self.reviewer.gate.judge(words[:1000], kind="card")
        note = {"at": round(time, 3), "words": words[:200], "confidence": round(confidence, 3), "allowed": decision.allowed}
        self.seen["text"].notes.append(note)
        if decision.allowed:
            return
        found = decision.decisive
        sure = found is None or found.category == "sexual_minors" or any(
            f.counts and f.category in GRAVE and f.source != "classifier" for f in decision.findings
        )
        if sure:
            self.seen["text"].add(time, found.score if found else 1.0)
            raise Refused(decision)
        self._doubt(found.category, time, found.score, f'the words "{words[:80]}"')
        self._keep(time, frame)

    def _line(self, part, frame: np.ndarray, box):
        """A line of text, read once: where the same stands in the same place it isn't read again."""
        import cv2

        patch = cv2.resize(cv2.getRectSubPix(frame, [max(1, round(side)) for side in cv2.boundingRect(cv2.boxPoints(box))[2:]], box[0]), (64, 16), interpolation=cv2.INTER_AREA)
        for known, line in reversed(self._read[-40:]):
            near = abs(line.box[0] - box[0][0] / frame.shape[1]) < 0.03 and abs(line.box[1] - box[0][1] / frame.shape[0]) < 0.03
            if near and cv2.absdiff(known, patch).mean() < 10:
                return line
        line = part.read(frame, box)
        self._read.append((patch, line))
        return line

    def _symbols(self, frame: np.ndarray, time: float) -> None:
        limits = self.policy.frames.symbols
        score, right = self.reviewer.part("symbols")(frame)
        seen = self.seen["symbols"]
        seen.add(time, score)
        self._right += [score] if right else []
        second = sorted(self._right)[-2] if len(self._right) > 1 else 0.0
        if second >= limits.refuse:  # one that turns to the left, or is seen once, is for somebody to look at: temples have them, too
            raise Refused(self._decision("hate", f"a hooked cross at {time:.1f} s", second, limits.refuse, "our own network"))
        if score >= limits.review:
            self._dense["symbols"] = time + 0.5
            self._doubt("hate", time, score, "a hooked cross")
            self._keep(time, frame)

    def _decision(self, category: str, what: str, score: float, threshold: float, source: str, rule: str = "") -> Decision:
        rule = rule or self.policy.prompts.categories[category].rule
        finding = Finding(category, (what,), float(score), float(threshold), rule, source)
        return Decision(False, (finding,), appeal=self.policy.prompts.appeal)

    def _doubt(self, category: str, time: float, score: float, what: str) -> None:
        """Notes a doubt, the strongest one of its kind."""
        doubt = {"category": category, "at": round(time, 3), "score": round(float(score), 3), "what": what}
        same = [known for known in self.doubts if (known["category"], known["what"]) == (category, what)]
        if not same:
            self.doubts.append(doubt)
        elif same[0]["score"] < doubt["score"]:
            same[0].update(doubt)

    def _keep(self, time: float, frame: np.ndarray) -> None:
        if len(self.evidence) < 8 and all(abs(time - known) > 1e-3 for known, _ in self.evidence):
            self.evidence.append((time, frame.copy()))

    @property
    def report(self) -> dict:
        """What was looked at, how, and what came out: scores by category and time. JSON-ready."""
        scores = lambda seen: [[round(time, 3), round(score, 3)] for time, score in zip(seen.times, seen.scores)]
        parts = {}
        for name, seen in self.seen.items():
            parts[name] = {"looks": len(seen.times), "highest": round(max(seen.scores, default=0.0), 3), "scores": scores(seen)}
            if name in ("faces", "text"):
                parts[name]["found"] = seen.notes[:50]
        off = [name for name in ("nudity", "faces", "text", "symbols") if name not in self.seen]
        return dict(
            frames=self.count, seconds=round(self.count / self.fps, 3), uploads=self.uploads, compared=self.count, **parts,
            off=off, not_reviewed=NOT_REVIEWED, borderline=[dict(doubt) for doubt in self.doubts],
        )  # fmt: skip
