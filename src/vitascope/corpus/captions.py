"""Captions from facts, varied in wording: short, plain, long or structured, in English or French.

The wordings are in assets/prompts/phrases.json, with which prompts are read too; subjects are named in the order in
which the plan has them.
"""

from __future__ import annotations

import json
from functools import lru_cache

import numpy as np

from vitascope.library import ASSETS

from . import french
from .english import is_plural, name_of, plural_verbs, possessive

FORMS = ("short", "plain", "long", "structured")
_SIDES = {"right": "left to right", "left": "right to left"}
_WAYS = _SIDES | {"up": "up", "down": "down", "towards": "towards", "away": "away"}


@lru_cache(maxsize=1)
def phrases() -> dict:
    """Wordings by kind of fact, value and language: phrases()["motion"]["rises"]["fr"] is a list."""
    return json.loads((ASSETS / "prompts" / "phrases.json").read_text(encoding="utf-8"))


class _Words:
    """Draws wordings in one language; without a generator always the first, so that the facts settle the text."""

    def __init__(self, rng: np.random.Generator | None, lang: str):
        self.rng, self.lang = rng, lang

    def one(self, options: list[str]) -> str:
        return options[0] if self.rng is None else options[int(self.rng.integers(len(options)))]

    def of(self, kind: str, value) -> str:
        return self.one(phrases()[kind][str(value)][self.lang]) if value is not None else ""

    def chance(self, share: float) -> bool:
        return self.rng is not None and self.rng.random() < share


def caption(facts: dict, rng: np.random.Generator, lang: str = "en", form: str = "plain") -> str:
    """Words for the facts of a film, as sample_plan and photo_clip give them.

    form: "short" ("a fox runs"), "plain" (one sentence with scene and camera), "long" (40 to 80 words for one shot) or
    "structured" ("Subject: …; Motion: …; Scene: …; Light: …; Weather: …; Camera: …; Style: …").
    Raises ValueError for another language or form.
    """
    if lang not in ("en", "fr"):
        raise ValueError(f"Captions are written in en or fr, not {lang!r}.")
    if form not in FORMS:
        raise ValueError(f"There is no form {form!r}; choose one of {', '.join(FORMS)}.")
    words = _Words(rng, lang)
    # Without a gender French has no article: such a subject is named in the structured form, which needs none.
    spoken = form if lang == "en" or all(french.known(row) for row in facts["subjects"]) else "structured"
    text = {"short": _short, "plain": _plain, "long": _long, "structured": _structured}[spoken](facts, words)
    if facts.get("cut"):
        mark = {"en": "Cut to: ", "fr": "Coupe : "}[lang]
        text = f"{text.rstrip('.')}. {mark}{caption(facts['cut'], rng, lang, form)}"
    return text


def structured(facts: dict, lang: str = "en") -> str:
    """The structured form with the first wording of everything: the same facts always give the same text."""
    text = _structured(facts, _Words(None, lang))
    if facts.get("cut"):
        text += {"en": ". Cut to: ", "fr": ". Coupe : "}[lang] + structured(facts["cut"], lang)
    return text


def _name(row: dict, words: _Words, article: bool = True) -> str:
    if words.lang == "fr":
        return french.name(row, article)
    size = words.one(["a ", "one "]) if words.chance(0.15) else "a "
    return name_of(row["label"], row["count"], words.of("count", row["count"]) if row["count"] > 1 else size, article)


def _other(label: str, facts: dict, words: _Words) -> str:
    """A subject named as the target or the cover of another."""
    row = next((r for r in facts["subjects"] if r["label"] == label), None)
    if words.lang == "fr":
        return french.name(row, True) if row else label
    return name_of(label, 1, "a ")


def _deed(row: dict, facts: dict, words: _Words) -> str:
    """What one subject does, a verb phrase in the third person, with its way and pace."""
    motion, gait, way = row["motion"], row["gait"], _WAYS.get(row["direction"])
    said = ""
    if motion == "hides":
        said = words.of("motion", "hides").replace("{}", _other(row["behind"], facts, words))
        said += " " + words.of("direction", way) if words.chance(0.35) and words.lang == "en" else ""
    elif motion in ("follows", "meets"):
        target = _other(row["target"], facts, words) if row.get("target") else ""
        verb = words.of("motion", motion)
        said = french.join(verb, target) if words.lang == "fr" else f"{verb} {target}"
        if motion == "follows":
            said += " " + words.of("direction", way)
    elif motion == "crosses":
        verb = _gait(row, words) if gait != "none" and not words.chance(0.3) else words.of("motion", motion)
        said = f"{verb} {words.of('direction', way)}"
        if row.get("then") == "turns":
            said += words.one(
                {
                    "en": [", then turns and comes back", ", turns round and comes back"],
                    "fr": [", puis fait demi-tour et revient", " puis revient"],
                }[words.lang]
            )
    elif motion == "waits":
        said = f"{words.of('motion', motion)} {words.of('direction', way)}"
    elif motion in ("rises", "falls"):
        said = words.of("motion", motion)
        if gait in ("fly", "swim") and words.chance(0.4):
            said = f"{words.of('gait', gait)} {words.of('direction', way)}"
    elif motion in ("approaches", "leaves"):
        said = words.of("motion", motion)
        if gait != "none" and words.chance(0.45):
            said = f"{words.of('gait', gait)} {words.of('direction', way)}"
    elif motion == "bounces":
        said = words.of("motion", motion)
        said += f" {words.of('direction', way)}" if way else ""
    else:
        said = words.of("motion", motion)
    pace = row.get("speed", "normal")
    if (
        motion == "crosses"
        and "," not in said
        and (pace == "fast" or pace == "slow" and gait not in ("run", "hop"))
        and words.chance(0.5)
    ):
        said += " " + words.of("speed", pace)
    if words.lang == "fr":
        return french.plural_verbs(said) if row["count"] > 1 else said
    return plural_verbs(said) if _several(row) else said


def _gait(row: dict, words: _Words) -> str:
    """The verb of its gait; what has engines flies where a balloon hovers."""
    return words.of("aircraft" if row["kind"] == "vehicle" and row["gait"] == "hover" else "gait", row["gait"])


def _several(row: dict) -> bool:
    """Whether a subject takes "they": more than one, or a label that is a plural."""
    return row["count"] > 1 or is_plural(row["label"])


def _who(facts: dict, words: _Words, brief: bool = False) -> str:
    """All subjects and what they do, as one clause."""
    rows, parts = facts["subjects"], []
    for i, row in enumerate(rows):
        if i and row["motion"] == "meets" and rows[0]["motion"] == "meets":
            continue  # named by the first of the two
        if i and rows[0]["motion"] in ("follows", "hides") and i == 1:
            continue  # the one followed, or the cover
        parts.append(f"{_name(row, words)} {_deed(row, facts, words)}")
    glue = {"en": [" and ", " while ", ", "], "fr": [" et ", " tandis que ", ", "]}[words.lang]
    text = parts[0] if parts else ""
    for i, part in enumerate(parts[1:]):
        text += (
            glue[0] if i == len(parts) - 2 and not words.chance(0.3) else words.one(glue[1:] if i else glue[:2])
        ) + part
    return french.elide(text) if words.lang == "fr" else text


def _where(facts: dict, words: _Words) -> str:
    """Scene and the state of its ground."""
    if facts["scene"] is None:
        return ""
    text = words.of("scene", facts["scene"])
    if facts["ground"] != "normal":
        text = _grounded(text, facts["ground"], words)
    return text


def _grounded(text: str, ground: str, words: _Words) -> str:
    """The scene with snow or autumn on it."""
    word = words.of("ground", ground)
    if words.lang == "fr":
        return f"{text}, {word}"
    adjectives = ("snowy", "snow-covered", "winter", "autumn", "golden autumn")
    if word in adjectives:
        for lead in (" a ", " an ", " the "):
            if lead in text:
                article = lead if lead == " the " else " an " if word == "autumn" else " a "
                return text.replace(lead, f"{article}{word} ", 1)
        word = words.one([w for w in phrases()["ground"][ground]["en"] if w not in adjectives])
    return f"{text} {word}" if word.startswith(("in", "with", "across")) else f"{text}, {word}"


def _light(facts: dict, words: _Words, always: bool = False) -> list[str]:
    """Time and weather, where they are worth saying."""
    if facts["scene"] is None:
        return []
    out = []
    indoors = facts["scene"] in ("space", "plain", "underwater", "room")
    if facts["time"] != "day" or (always and not indoors):
        out.append(words.of("time", facts["time"]))
    if facts["weather"] != "clear" or (always and not indoors and words.chance(0.4)):
        out.append(words.of("weather", facts["weather"]))
    return out


def _empty(facts: dict, words: _Words) -> str:
    """What a film without a subject shows."""
    if facts["scene"] is None:
        return words.one(
            {"en": ["a photograph", "a picture", "a real scene"], "fr": ["une photographie", "une image"]}[words.lang]
        )
    return words.one(
        {"en": ["a view", "an empty landscape", "a scene"], "fr": ["une vue", "un paysage vide", "un décor"]}[
            words.lang
        ]
    )


def _short(facts: dict, words: _Words) -> str:
    text = _who(facts, words) or _empty(facts, words)
    if not facts["subjects"] or words.chance(0.35):
        text = f"{text} {_where(facts, words)}".strip()
    return text


def _plain(facts: dict, words: _Words) -> str:
    parts = [f"{_who(facts, words) or _empty(facts, words)} {_where(facts, words)}".strip()]
    light = _light(facts, words)
    if light and not words.chance(0.15):
        parts[0] += (
            " " + light[0]
            if not light[0].startswith(("it ", "il ", "the ", "snowflakes", "leaves", "le ", "des "))
            else f", {light[0]}"
        )
        parts += light[1:]
    if facts["camera"] != "still" or words.chance(0.3):
        parts.append(words.of("camera", facts["camera"]))
    if facts["style"] and words.chance(0.45):
        parts.append(words.of("style", facts["style"]))
    if words.chance(0.06) and facts["style"]:
        parts = [parts[-1], *parts[:-1]] if parts[-1] in phrases()["style"][facts["style"]][words.lang] else parts
    text = ", ".join(parts)
    return text[0].upper() + text[1:] + "." if words.chance(0.5) else text


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _long(facts: dict, words: _Words) -> str:
    """Four to six sentences."""
    en, rows = words.lang == "en", facts["subjects"]
    opening = _where(facts, words)
    light = _light(facts, words, always=True)
    who = _who(facts, words) or _empty(facts, words)
    first = f"{_capital(opening)}, {who}" if opening and words.chance(0.4) else f"{_capital(who)} {opening}".strip()
    out = [first + "."]
    if light:
        said = (" and " if en else " et ").join(light)
        out.append(
            words.one(
                ["The scene is set {}.", "It all takes place {}."]
                if en
                else ["La scène se passe {}.", "Tout se déroule {}."]
            ).format(said)
            if not said.startswith(("it ", "il ", "the ", "snowflakes", "leaves", "le ", "des "))
            else _capital(said) + "."
        )
    for row in rows[:1]:
        out.append(_detail(row, facts, words))
    if len(rows) > 1:
        named = (", " if len(rows) > 2 else " and " if en else " et ").join(_name(r, words) for r in rows)
        out.append(
            words.one(
                ["We see {}.", "In the picture there are {}.", "The film shows {}."]
                if en
                else ["On voit {}.", "Le film montre {}."]
            ).format(named)
        )
    camera = words.of("camera", facts["camera"])
    out.append(
        _capital(camera)
        + (
            words.one([" the whole time.", " for the whole shot.", " during the shot."])
            if en and camera.startswith("the ")
            else "."
        )
    )
    if facts["style"]:
        style = words.of("style", facts["style"])
        if not en:
            out.append(f"Style : {style}.")
        elif style.startswith(("in ", "with ")):
            out.append(f"Everything is drawn {style}.")
        else:
            lead = (
                ["It is drawn in {}.", "Style: {}."]
                if style.endswith("style")
                else ["The look is that of a {}.", "Style: {}.", "It is a {}."]
            )
            out.append(words.one(lead).format(style))
    if len(" ".join(out).split()) < 42:
        out.append(_filler(facts, words))
    return " ".join(out)


def _detail(row: dict, facts: dict, words: _Words) -> str:
    """A second sentence on the first subject: its way, its pace, its order of events."""
    if words.lang == "fr":
        return french.detail(row, facts)
    it = "They" if _several(row) else "It"
    start = {"left": "the right side", "right": "the left side"}.get(row["direction"], "one side")
    side = f"{start} and goes to the {row['direction']}"
    said = {
        "crosses": f"starts on {side}",
        "waits": f"first stays still, then sets off from {side}",
        "hides": f"cannot be seen for a moment behind {possessive(row.get('behind'))}, then it is there again",
        "rises": "starts low and ends high in the picture",
        "falls": "starts high and ends low in the picture",
        "approaches": "grows larger and larger in the picture",
        "leaves": "gets smaller and smaller in the picture",
        "bounces": "goes up and down again and again",
        "circles": "comes back to where it started",
        "follows": f"stays behind {possessive(row.get('target'))} and keeps its distance",
        "meets": f"comes from {start} and stops before {possessive(row.get('target'))}",
        "stands": "does not leave its place",
    }[row["motion"]]
    return f"{it} {plural_verbs(said) if _several(row) else said}."


def _filler(facts: dict, words: _Words) -> str:
    if words.lang == "fr":
        return words.one(
            [
                "Le mouvement est fluide, du début à la fin du plan, et rien d'autre ne se passe dans l'image.",
                "C'est un plan simple, sans coupe, où tout reste bien lisible du début à la fin.",
            ]
        )
    return words.one(
        [
            "The movement is smooth from the first frame to the last, and nothing else happens in the picture.",
            "It is one simple take without a cut, in which everything stays easy to see from beginning to end.",
            "The whole film is one single shot, calm and clear, and the background stays the same throughout.",
        ]
    )


def _structured(facts: dict, words: _Words) -> str:
    en, rows = words.lang == "en", facts["subjects"]
    keys = (
        ("Subject", "Motion", "Scene", "Light", "Weather", "Camera", "Style")
        if en
        else ("Sujet", "Mouvement", "Décor", "Lumière", "Météo", "Caméra", "Style")
    )
    none = "none" if en else "aucun"
    glue = " and " if en else " et "
    scene = _where(facts, words) or none
    values = (
        glue.join(_name(row, words, article=en) for row in rows) or none,
        ", ".join(_deed(row, facts, words) for row in rows) or none,
        scene,
        words.of("time", facts["time"]) or none,
        words.of("weather", facts["weather"]) or none,
        words.of("camera", facts["camera"]).removeprefix("the camera ").removeprefix("la caméra ") or none,
        words.of("style", facts["style"]) or none,
    )
    colon = ": " if en else " : "
    return "; ".join(f"{key}{colon}{value}" for key, value in zip(keys, values))
