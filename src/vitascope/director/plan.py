"""The plan of a film: who is where, when, seen by which camera.

A plan is what a director hands to an artist before anything is painted. It is small (about forty numbers a frame),
holds for the whole film, can be edited by hand as JSON, and is independent of the size of the picture: every length
is a fraction of the frame that the camera sees when it is at home (no pan, no zoom).
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field

import numpy as np

# One column a quantity in Subject.track, shape (t, 8), float32.
X, Y, SCALE, FACING, DEPTH, PHASE, TILT, PRESENCE = range(8)
TRACK_CHANNELS = ("x", "y", "scale", "facing", "depth", "phase", "tilt", "presence")
# One column a quantity in Shot.camera, shape (t, 4), float32.
PAN_X, PAN_Y, ZOOM, ROLL = range(4)
CAMERA_CHANNELS = ("x", "y", "zoom", "roll")

SCENES = (
    "meadow", "forest", "desert", "beach", "underwater", "city", "street", "mountains",
    "sky", "space", "room", "bridge", "park", "river", "farm", "plain",
)
TIMES = ("day", "sunset", "night", "dawn")
WEATHERS = ("clear", "rain", "snow", "fog", "wind")
GROUNDS = ("normal", "snowy", "autumn")
STYLES = ("3d", "flat", "noto", "twemoji", "clipart")
CAMERAS = (
    "still", "pan left", "pan right", "tilt up", "tilt down", "zoom in", "zoom out", "orbit", "shake", "follow",
)
MOTIONS = (
    "stands", "crosses", "rises", "falls", "bounces", "circles", "approaches", "leaves", "waits",
    "follows", "meets", "hides",
)
GAITS = ("none", "walk", "run", "fly", "swim", "roll", "hop", "hover")


@dataclass(frozen=True)
class Scene:
    """Where a shot plays. `seed` picks one layout of the scene among many."""

    kind: str = "meadow"
    time: str = "day"
    weather: str = "clear"
    ground: str = "normal"
    seed: int = 0


@dataclass(frozen=True)
class Subject:
    """One subject: the words it was called by, the picture that stands for it, and its track.

    `track` is (t, 8) float32, its columns named by TRACK_CHANNELS:
      x, y      where its feet (bottom centre) stand, 0..1 across and down the home view; beyond is off screen
      scale     its height in heights of the home view, above 0
      facing    -1 faces left, +1 faces right; passing through 0 is turning round
      depth     0 at the lens .. 1 at the horizon: decides who covers whom and how much the camera shifts it
      phase     cycles of its gait (steps, wing beats) since the shot began
      tilt      radians, clockwise positive
      presence  0 absent .. 1 there (opacity)
    """

    name: str
    reference: str
    motion: str = "stands"
    gait: str = "none"
    track: np.ndarray = field(default_factory=lambda: np.zeros((1, 8), np.float32))


@dataclass(frozen=True)
class Shot:
    """One take without a cut: `camera` is (t, 4) float32: pan in home-view widths and heights, zoom (1 = home), roll.

    `dissolve` 0 makes a cut; above 0 the shot before goes over into this one: their last and first `dissolve` frames
    are of the same time, and are mixed. `backdrop` names a character of the library that stands where the scenery would.
    """

    scene: Scene
    subjects: tuple[Subject, ...]
    camera: np.ndarray
    style: str = "3d"
    camera_name: str = "still"
    dissolve: int = 0
    backdrop: str | None = None

    @property
    def num_frames(self) -> int:
        return len(self.camera)


@dataclass(frozen=True)
class Plan:
    """A film: shots one after another, at `fps` frames a second."""

    shots: tuple[Shot, ...]
    fps: float = 8.0

    @property
    def num_frames(self) -> int:
        return sum(shot.num_frames - shot.dissolve for shot in self.shots)

    @property
    def starts(self) -> tuple[int, ...]:
        """The frame of the film that each shot's first frame is."""
        starts, end = [], 0
        for shot in self.shots:
            starts.append(end - shot.dissolve)
            end += shot.num_frames - shot.dissolve
        return tuple(starts)

    @property
    def cuts(self) -> tuple[int, ...]:
        """The frames at which the picture changes at once: the first frames of shots that are not dissolved into."""
        return tuple(start for start, shot in zip(self.starts[1:], self.shots[1:]) if not shot.dissolve)

    def faster(self, factor: int) -> Plan:
        """The same plan at `factor` times the rate: its frame k is frame k * factor here, and what moves goes on evenly between."""
        if factor == 1:
            return self

        def finer(values: np.ndarray) -> np.ndarray:
            longer = np.concatenate([values, values[-1:] + (values[-1:] - values[-2:-1] if len(values) > 1 else 0)])
            at = np.arange(len(values) * factor) / factor
            return np.stack([np.interp(at, np.arange(len(longer)), column) for column in longer.T], 1).astype(np.float32)

        shots = []
        for shot in self.shots:
            subjects = []
            for subject in shot.subjects:
                track = finer(subject.track)
                track[:, PRESENCE] = track[:, PRESENCE].clip(0, 1)
                subjects.append(dataclasses.replace(subject, track=track))
            shots.append(dataclasses.replace(shot, subjects=tuple(subjects), camera=finer(shot.camera), dissolve=shot.dissolve * factor))
        return Plan(tuple(shots), self.fps * factor)

    def frame(self, i: int) -> Plan:
        """A plan of the one frame that is `i` here."""
        shot, start = next((s, a) for s, a in zip(reversed(self.shots), reversed(self.starts)) if a <= i)
        k = i - start
        subjects = tuple(dataclasses.replace(s, track=s.track[k : k + 1]) for s in shot.subjects)
        return Plan((dataclasses.replace(shot, subjects=subjects, camera=shot.camera[k : k + 1], dissolve=0),), self.fps)

    def to_json(self) -> str:
        """The plan as JSON, numbers rounded to four places (a tenth of a pixel at 1,000 pixels)."""

        def plain(value):
            if isinstance(value, np.ndarray):
                return np.round(value.astype(float), 4).tolist()
            raise TypeError(f"cannot write {type(value).__name__} in a plan")

        return json.dumps(dataclasses.asdict(self), default=plain)

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Read what `to_json` wrote. Raises ValueError with one sentence when the text is no plan."""
        try:
            raw = json.loads(text)
            shots = tuple(
                Shot(
                    scene=Scene(**shot["scene"]),
                    subjects=tuple(
                        Subject(**{**s, "track": np.asarray(s["track"], np.float32).reshape(-1, len(TRACK_CHANNELS))})
                        for s in shot["subjects"]
                    ),
                    camera=np.asarray(shot["camera"], np.float32).reshape(-1, len(CAMERA_CHANNELS)),
                    style=shot["style"],
                    camera_name=shot["camera_name"],
                    dissolve=int(shot.get("dissolve", 0)),
                    backdrop=shot.get("backdrop"),
                )
                for shot in raw["shots"]
            )
            return cls(shots=shots, fps=float(raw["fps"]))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"This is not a plan that Vitascope wrote: {error}.") from error
