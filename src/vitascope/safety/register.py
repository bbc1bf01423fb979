"""The operator's register of people: whom no film may show, and who agreed to be shown. It keeps numbers, never a picture."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from vitascope import home
from vitascope.media import whole_file

MOST = 40  # letters of a name that is printed


@dataclass(frozen=True)
class Person:
    """faces (n 128): one embedding a picture. consent: who agreed to be shown to what, and when; empty: protected, never shown."""

    name: str
    faces: tuple[tuple[float, ...], ...]
    consent: str = ""
    added: str = ""

    @property
    def protected(self) -> bool:
        return not self.consent


class Register:
    """People by name, in one file that only its owner can read. Every change is in the audit log."""

    def __init__(self, folder: Path | None = None):
        self.folder = folder or home.folder("register")
        self.path = self.folder / "people.json"

    def people(self) -> list[Person]:
        """All, by name. Raises ValueError with one sentence for a file that is damaged: then nobody is protected, so nothing goes on."""
        if not self.path.exists():
            return []
        try:
            rows = json.loads(self.path.read_text(encoding="utf-8"))
            people = [Person(**{**row, "faces": tuple(map(tuple, row["faces"]))}) for row in rows]
            if any(len(face) != 128 for person in people for face in person.faces):
                raise ValueError
        except (OSError, ValueError, TypeError, KeyError):
            raise ValueError(f"The register of people {self.path} is damaged: bring back a copy, or remove it and add everyone again.") from None
        return sorted(people, key=lambda person: person.name)

    def add(self, name: str, pictures: list[np.ndarray], faces, consent: str = "") -> Person:
        """Keep somebody: pictures (h w 3) uint8 with exactly one face each; faces: a Faces. Replaces who had that name.

        Raises ValueError with one sentence for a picture without a face, or with several.
        """
        name = " ".join(name.split())
        if not 1 <= len(name) <= 120:
            raise ValueError("A person in the register needs a name of 1 to 120 letters.")
        if not pictures:
            raise ValueError(f"The register needs at least one picture of {name[:MOST]}.")
        found = tuple(self._one_face(picture, faces, index) for index, picture in enumerate(pictures, 1))
        person = Person(name, found, consent.strip(), datetime.now(UTC).isoformat(timespec="seconds"))
        self._write([*(p for p in self.people() if p.name != name), person], "register.add", person)
        return person

    def remove(self, name: str) -> None:
        """Forget somebody. ValueError when there is nobody by that name."""
        people = self.people()
        gone = next((person for person in people if person.name == name), None)
        if gone is None:
            raise ValueError(f"The register has nobody named {name[:MOST]!r}; see `vitascope protect list`.")
        self._write([person for person in people if person.name != name], "register.remove", gone)

    @staticmethod
    def _one_face(picture: np.ndarray, faces, index: int) -> tuple[float, ...]:
        found = [face for side in (512, 1024) for face in faces.find(picture, side)]
        first = [face for face in found if not _overlap(face.box, found[0].box)]
        if not found or first:
            raise ValueError(f"Picture {index} shows {'several faces' if found else 'no face that looks at the camera'}: the register needs one face a picture.")
        return tuple(map(float, faces.embed(picture, max(found, key=lambda face: face.score))))

    def _write(self, people: list[Person], action: str, person: Person) -> None:
        from .audit import Audit

        with whole_file(self.path) as part:
            Path(part).chmod(0o600)
            Path(part).write_text(json.dumps([asdict(p) for p in people], ensure_ascii=False, indent=1), encoding="utf-8")
        Audit().write(action, person.name, detail={"faces": len(person.faces), "consent": person.consent})


def nearest(face: np.ndarray, people: list[Person]) -> tuple[Person | None, float]:
    """Who in a register looks most like a face (128), and the distance: dlib's network puts one person's within about .6."""
    best, least = None, float("inf")
    for person in people:
        distance = float(np.linalg.norm(np.array(person.faces, np.float32) - face, axis=1).min())
        if distance < least:
            best, least = person, distance
    return best, least


def _overlap(a, b) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])
