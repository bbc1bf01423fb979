"""One file says what is refused; what an operator may not change or writes wrongly is one clear sentence."""

import json

import pytest

from vitascope.cli import Parser
from vitascope.cli import policy as verb
from vitascope.safety.decision import Decision, Finding, Refused
from vitascope.safety.policy import CATEGORIES, SHIPPED, Policy


def load(tmp_path, text: str) -> Policy:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return Policy.load(path)


def test_the_shipped_policy_has_every_category_and_nothing_off():
    policy = Policy.load()
    assert set(policy.prompts.categories) == set(CATEGORIES) and policy.switched_off == () and policy.source == "shipped"
    assert policy.prompts.categories["misinformation"].action == "label"
    assert all(policy.prompts.categories[c].action == "refuse" for c in CATEGORIES if c != "misinformation")
    assert "sexual_minors" not in SHIPPED.read_text() and len(policy.digest) == 16


def test_an_operators_file_changes_only_what_it_names(tmp_path):
    policy = load(tmp_path, "prompts: {categories: {violence: {action: off}, ip: {threshold: 0.9}, likeness: {action: label}}}\nwatermark: {enabled: false}\nframes: {nudity: {refuse: 0.95}, faces: {enabled: false}}")
    assert policy.prompts.categories["violence"].action == "off" and policy.prompts.categories["sexual"] == Policy.load().prompts.categories["sexual"]
    assert set(policy.switched_off) == {"prompts.categories.violence", "prompts.categories.ip.threshold 0.9", "prompts.categories.likeness: label only", "watermark", "frames.faces", "frames.nudity.refuse 0.95"}
    assert policy.digest != Policy.load().digest and policy.source == "own.yaml"


def test_a_stricter_policy_has_nothing_switched_off(tmp_path):
    assert load(tmp_path, "prompts: {categories: {violence: {threshold: 0.3}, misinformation: {action: refuse}}, refuse: {ip: [acme cola]}}").switched_off == ()


def test_the_policy_is_found_by_its_variable(tmp_path, monkeypatch):
    path = tmp_path / "house.yaml"
    path.write_text("watermark: {enabled: false}")
    monkeypatch.setenv("VITASCOPE_POLICY", str(path))
    assert Policy.load().source == "house.yaml" and not Policy.load().watermark.enabled


@pytest.mark.parametrize("text, said", [
    ("colour: blue", "no colour"), ("prompts: 3", "section"), ("prompts: {categories: {violence: {strength: 1}}}", "violence.strength"),
    ("prompts: {categories: {violence: {threshold: 2}}}", "above 0 and up to 1"), ("prompts: {categories: {violence: {threshold: true}}}", "above 0"),
    ("prompts: {categories: {violence: {action: maybe}}}", "refuse, label, off"), ("prompts: {categories: {violence: {rule: ''}}}", "sentence"),
    ("prompts: {categories: {sexual_minors: {action: off}}}", "always refused"), ("sexual_minors: off", "always refused"),
    ("prompts: {refuse: {cats: [a]}}", "no category 'cats'"), ("prompts: {allow: yes}", "list of words"), ("prompts: {refuse: {ip: nike}}", "list of words"),
    ("frames: {nudity: {review: 0.99}}", "above its refuse"), ("watermark: {enabled: 3}", "true or false"), ("prompts: [", "not valid YAML"), ("- a", "sections"),
    ("frames: {gore: {refuse: .nan}}", "above 0")])  # fmt: skip
def test_what_is_written_wrongly_is_one_sentence(tmp_path, text, said):
    with pytest.raises(ValueError, match=said) as error:
        load(tmp_path, text)
    assert "\n" not in str(error.value) and str(error.value).endswith((".", "`."))


def test_files_that_cannot_be_read_are_one_sentence(tmp_path):
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "bytes.yaml"):
        with pytest.raises(ValueError, match="policy"):
            Policy.load(path)


def test_a_refusal_says_all_that_the_refused_need():
    found = Finding("ip", ("pikachu",), 0.95, 0.6, "No characters that belong to others.", "names")
    hint = Finding("violence", ("knife",), 0.4, 0.6, "No gore.", "lexicon")
    decision = Decision(False, (found, hint), (), "pikachu with a knife", "Write to the operator.")
    for part in ("a character or brand", '"pikachu"', "0.95", "0.60", "No characters", "Write to the operator"):
        assert part in decision.sentence
    assert decision.decisive is found and json.loads(json.dumps(decision.to_dict()))["findings"][1]["counts"] is False
    assert isinstance(Refused(decision), ValueError) and str(Refused(decision)) == decision.sentence


def run(*arguments: str) -> int:
    top = Parser(prog="vitascope")
    verb.add(top.add_subparsers(required=True, parser_class=Parser))
    options = top.parse_args(["policy", *arguments])
    return options.run(options)


def test_the_verb_explains_and_its_status_says_the_verdict(tmp_path, capsys):
    path = tmp_path / "own.yaml"
    path.write_text("prompts: {classifier: false}")
    assert run("check", "a red fox runs through a snowy forest", "--policy", str(path)) == 0
    assert "Passed" in capsys.readouterr().out
    assert run("check", "P 1 k @ c h u dances", "--policy", str(path), "--json") == 2
    said = json.loads(capsys.readouterr().out)
    assert said["findings"][0]["category"] == "ip" and said["evasions"] and said["policy"]["switched_off"] == ["prompts.classifier"]
    assert run("show") == 0 and "Sexual content with minors" in capsys.readouterr().out
    assert run("show", "--policy", str(path)) == 0 and "classifier: false" in capsys.readouterr().out
