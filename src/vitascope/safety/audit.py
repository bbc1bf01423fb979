"""An append-only log of who decided what: JSON lines, each of which carries the hash of the one before."""

from __future__ import annotations

import fcntl
import getpass
import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

from vitascope import home

START = "0" * 64  # what the first line carries


class Audit:
    """Lines {"number", "at", "action", "subject", "who", "detail", "previous", "hash"}; a small file beside it holds the last hash.

    A line that is changed, taken out, put in or moved is found by `verify`, and so are lines cut off the end, unless
    whoever did it wrote both files anew: for proof against the owner of this machine, keep `head` elsewhere as well.
    """

    def __init__(self, folder: Path | None = None):
        self.folder = folder or home.folder("review")
        self.path, self.head_path = self.folder / "audit.jsonl", self.folder / "audit.head"

    def write(self, action: str, subject: str, who: str | None = None, detail: dict | None = None) -> dict:
        """Append one line, on disk when this returns; writers of several processes wait for each other. Returns the line."""
        with open(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            number, previous = self._end()
            line = dict(number=number + 1, at=datetime.now(UTC).isoformat(timespec="milliseconds"), action=action, subject=subject,
                        who=who or _user(), detail=detail or {}, previous=previous)  # fmt: skip
            line["hash"] = _digest(line)
            file.write(_spelled(line).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
            part = self.head_path.with_suffix(".part")
            part.write_text(f"{line['number']} {line['hash']}\n")
            os.replace(part, self.head_path)
        return line

    @property
    def head(self) -> str:
        """The last line's number and hash."""
        return "{} {}".format(*self._head())

    def lines(self) -> list[dict]:
        """All lines, oldest first. Raises ValueError with one sentence at the first that is not as it was written."""
        lines, previous = [], START
        written = self.path.read_bytes() if self.path.exists() else b""
        for number, row in enumerate(written.removesuffix(b"\n").split(b"\n") if written else [], 1):
            try:
                line = json.loads(row)
                sound = row == _spelled(line).encode() and line["hash"] == _digest(line) and line["previous"] == previous and line["number"] == number
            except (ValueError, KeyError, TypeError):
                sound = False
            if not sound:
                raise ValueError(f"The audit log {self.path} was changed: line {number} is not as it was written.")
            previous = line["hash"]
            lines.append(line)
        return lines

    def verify(self) -> int:
        """How many lines there are, all as they were written. Raises ValueError with one sentence otherwise."""
        lines = self.lines()
        number, last = self._head()
        if number > len(lines) or last != (lines[number - 1]["hash"] if number else START):
            raise ValueError(f"The audit log {self.path} was changed: {number} lines were written, {len(lines)} are there.")
        return len(lines)

    def _end(self) -> tuple[int, str]:
        """Number and hash of the last line: that of the file, since a crash may come between a line and the record of the end."""
        number, last = self._head()
        rows = self.path.read_text(encoding="utf-8").splitlines()
        if len(rows) < number or len(rows) > number + 1:
            raise ValueError(f"The audit log {self.path} was changed: {number} lines were written, {len(rows)} are there.")
        if len(rows) == number:
            return number, last
        try:
            line = json.loads(rows[-1])
            return int(line["number"]), str(line["hash"])
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"The audit log {self.path} ends in a line that is not whole: take that line out.") from None

    def _head(self) -> tuple[int, str]:
        try:
            number, last = self.head_path.read_text().split()
            return int(number), last
        except FileNotFoundError:
            return 0, START
        except ValueError:
            raise ValueError(f"The record of the audit log's end, {self.head_path}, is damaged: bring back a copy.") from None


def _spelled(line: dict) -> str:
    """A line as it stands in the file; any other spelling of the same was not written here."""
    return json.dumps(line, ensure_ascii=False, sort_keys=True)


def _digest(line: dict) -> str:
    """SHA-256, in hex, of a line without its own hash, in one fixed spelling."""
    text = json.dumps({key: value for key, value in line.items() if key != "hash"}, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
