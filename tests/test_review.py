"""The queue of films in doubt, and the log that nobody can change unseen."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitascope.cli import main
from vitascope.safety.audit import Audit
from vitascope.safety.queue import Queue

REPORT = {"frames": 48, "borderline": [{"category": "sexual", "at": 1.2, "score": 0.97, "what": "nudity"}]}
ID = "5f2a90c1d3e4b687"


def frame() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (160, 640, 3), np.uint8)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("VITASCOPE_HOME", str(tmp_path))
    return tmp_path / "review"


def test_a_film_waits_until_somebody_decides(home):
    queue = Queue()
    item = queue.add(ID, "a statue in a park", REPORT, [(1.2, frame()), (1.5, frame())])
    assert item.state == "waiting" and item.report == REPORT and item.pictures == (1.2, 1.5) and queue.picture(ID, 1).exists()
    assert queue.add(ID, "again", {}) == item and queue.items() == [item]
    done = queue.approve(ID, "ada", "a statue")
    assert (done.state, done.who, done.note, done.pictures) == ("approved", "ada", "a statue", ()) and done.decided
    assert queue.items() == [] and queue.items(None) == [done] and not queue.picture(ID, 1).exists()
    assert queue.add(ID, "made again", REPORT) == done  # what was approved once may be made again
    with pytest.raises(ValueError, match="approved already"):
        queue.approve(ID)
    assert queue.reject(ID, "bob").state == "rejected"
    with pytest.raises(ValueError, match="no film"):
        queue.reject("nothing")
    with pytest.raises(ValueError, match="letters and digits"):
        queue.add("../x", "", {})
    assert [line["action"] for line in queue.audit.lines()] == ["queue.add", "queue.approved", "queue.rejected"] and queue.audit.verify() == 3


def test_the_queue_is_for_its_owner_alone(home):
    queue = Queue()
    queue.add(ID, "a film", REPORT, [(0.0, frame())])
    assert home.stat().st_mode & 0o077 == 0 and queue.audit.path.stat().st_mode & 0o077 == 0 and queue.picture(ID).stat().st_mode & 0o077 == 0


def test_a_damaged_queue_is_one_sentence(home):
    Queue().add(ID, "a film", REPORT)
    (home / "queue.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(ValueError, match="queue.*cannot be used"):
        Queue()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_no_byte_of_the_log_changes_unseen(tmp_path, data):
    audit = Audit(tmp_path)
    audit.path.unlink(missing_ok=True)
    audit.head_path.unlink(missing_ok=True)
    for k in range(4):
        audit.write("queue.add", f"film{k}", "ada", {"note": "é" * k})
    whole = audit.path.read_bytes()
    lines = whole.splitlines(keepends=True)
    kind = data.draw(st.sampled_from(["byte", "cut", "drop", "swap", "twice"]))
    k = data.draw(st.integers(0, 3))
    if kind == "byte":
        at = data.draw(st.integers(0, len(whole) - 2))
        new = bytes([data.draw(st.integers(32, 126).filter(lambda value: value != whole[at]))])
        changed = whole[:at] + new + whole[at + 1 :]
    elif kind == "cut":
        changed = b"".join(lines[:k])
    elif kind == "drop":
        changed = b"".join(lines[:k] + lines[k + 1 :])
    elif kind == "swap":
        changed = b"".join([*lines[:k], *lines[k + 1 :], lines[k]]) if k < 3 else b"".join(lines[::-1])
    else:
        changed = b"".join([*lines[: k + 1], *lines[k:]])
    assert audit.verify() == 4
    audit.path.write_bytes(changed)
    with pytest.raises(ValueError, match="changed|not as it was"):
        audit.verify()


def test_the_log_goes_on_after_a_crash_between_its_two_files(tmp_path):
    audit = Audit(tmp_path)
    audit.write("queue.add", "one")
    before = audit.head_path.read_text()
    audit.write("queue.add", "two")
    audit.head_path.write_text(before)
    audit.write("queue.add", "three")
    assert [line["subject"] for line in audit.lines()] == ["one", "two", "three"] and audit.verify() == 3
    audit.path.write_bytes(b"".join(audit.path.read_bytes().splitlines(keepends=True)[:1]))
    with pytest.raises(ValueError, match="3 lines were written, 1 are there"):
        audit.write("queue.add", "four")


def test_the_command_line(home, capsys, tmp_path):
    Queue().add(ID, "a statue in a park", REPORT, [(1.2, frame())])
    assert main(["review", "list"]) == 0 and "nudity at 1.2 s (0.97)" in capsys.readouterr().out
    assert main(["review", "list", "--json"]) == 0 and json.loads(capsys.readouterr().out)[0]["id"] == ID
    picture = tmp_path / "doubt.png"
    assert main(["review", "show", ID, "-o", str(picture)]) == 0 and picture.stat().st_size > 1000
    assert main(["review", "approve", ID, "--note", "a statue", "--by", "ada"]) == 0
    assert "approved by ada" in capsys.readouterr().out
    assert main(["review", "audit"]) == 0 and "queue.approved" in capsys.readouterr().out
    assert main(["review", "audit", "--verify"]) == 0 and "2 lines" in capsys.readouterr().out
    assert main(["review", "list"]) == 0 and "No film waits" in capsys.readouterr().out
    assert main(["review", "show", "nothing"]) == 2 and "no film" in capsys.readouterr().err
    log = home / "audit.jsonl"
    log.write_text(log.read_text().replace("a statue", "a person"))
    assert main(["review", "audit", "--verify"]) == 2 and "was changed: line" in capsys.readouterr().err
    assert main(["protect", "list"]) == 0
    assert main(["protect", "remove", "Ada"]) == 2 and "nobody named" in capsys.readouterr().err
