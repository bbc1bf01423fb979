"""YAML and JSON from strangers, as plain data: small, shallow, without aliases, each key once."""

from __future__ import annotations

import json

MAX_BYTES = 256 * 1024
MAX_DEPTH = 8


class _TwiceError(ValueError):
    """A key that is there twice."""


def load(data: bytes, name: str):
    """Dicts, lists, texts, numbers, booleans and None out of a file's bytes. Raises ValueError with one sentence.

    Aliases are refused, for nine lines of them can stand for gigabytes; so is nesting that would exhaust the stack.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"{name} has more than {MAX_BYTES // 1024} kB, too much for a storyboard: is it the right file?")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{name} is no text in UTF-8: save the storyboard as UTF-8.") from None
    try:
        return _json(text, name) if text.lstrip()[:1] in ("{", "[") and name.lower().endswith(".json") else _yaml(text, name)
    except _TwiceError as error:
        raise ValueError(f"{name} gives {str(error)!r} twice in one place: leave one of them out.") from None


def _json(text: str, name: str):
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: _once(pairs))
    except json.JSONDecodeError as error:
        raise ValueError(f"{name} is no valid JSON: {error.msg[:1].lower()}{error.msg[1:]} in line {error.lineno}.") from None
    except RecursionError:
        raise ValueError(f"{name} is nested too deeply for a storyboard.") from None


def _once(pairs: list[tuple]) -> dict:
    seen: dict = {}
    for key, value in pairs:
        if key in seen:
            raise _TwiceError(key)
        seen[key] = value
    return seen


def _yaml(text: str, name: str):
    import yaml

    class Loader(yaml.SafeLoader):
        """PyYAML's safe loader, which lets a key be there twice; this one does not."""

        def construct_mapping(self, node, deep=False):
            _once([(self.construct_object(key, deep=True), None) for key, _ in node.value])
            return super().construct_mapping(node, deep)

    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):  # one event at a time, before anything is built
            if isinstance(event, yaml.AliasEvent):
                raise ValueError(f"{name} uses the alias *{event.anchor}, which a storyboard may not: write it out.")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise ValueError(f"{name} is nested too deeply for a storyboard.")
        return yaml.load(text, Loader=Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        what = " ".join(str(getattr(error, "problem", None) or "it cannot be read").split())
        raise ValueError(f"{name} is no valid YAML: {what}{where}.") from None
    except (TypeError, RecursionError):  # a list as a key, or an end that the parser does not expect
        raise ValueError(f"{name} is no valid YAML: a key must be a word.") from None
