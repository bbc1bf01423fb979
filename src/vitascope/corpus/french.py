"""French grammar for captions: genders of the labels' first nouns, articles, elision."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

_COUNTS = {2: "deux", 3: "trois"}
_REGULAR = (
    "reste bouge passe traverse avance monte s'élève grimpe décolle s'envole tombe chute saute tourne s'approche "
    "s'éloigne disparaît patiente rencontre retrouve cache marche trotte file galope dépêche vole voltige plane "
    "nage glisse ondule roule circule sautille gambade flotte dérive déplace promène rapproche arrête occupe "
    "quitte garde"
).split()
_VERBS = {verb: verb + "nt" for verb in _REGULAR} | {
    "disparaît": "disparaissent",
    "tient": "tiennent",
    "descend": "descendent",
    "rebondit": "rebondissent",
    "bondit": "bondissent",
    "décrit": "décrivent",
    "fait": "font",
    "vient": "viennent",
    "part": "partent",
    "va": "vont",
    "suit": "suivent",
    "poursuit": "poursuivent",
    "court": "courent",
    "ressort": "ressortent",
    "réapparaît": "réapparaissent",
    "bat": "battent",
    "revient": "reviennent",
    "attend": "attendent",
    "devient": "deviennent",
    "finit": "finissent",
}


@lru_cache(maxsize=1)
def genders() -> dict[str, str]:
    """ "m" or "f" by the first word of a label."""
    table = json.loads((Path(__file__).parent / "genders.json").read_text(encoding="utf-8"))
    return {noun: gender for gender in ("f", "m") for noun in table[gender].split()}


def label(row: dict) -> str:
    """The French label of a subject, without remarks in brackets, or the English one."""
    text = re.sub(r"\s*\(.*?\)", "", row["label_fr"] or row["label"])
    return re.sub(r"\s*:\s*(aux )?", " aux ", text).replace("aux chauve", "chauve")


def known(row: dict) -> bool:
    """Whether the subject can be given an article, or a plural when there are several."""
    words = label(row).split()
    return bool(row["label_fr"]) and words[0] in genders() and (row["count"] == 1 or len(words) == 1)


def name(row: dict, article: bool = True) -> str:
    """ "un renard", "une pieuvre", "deux chevaux"; without a gender the bare label, with the number of several."""
    text = label(row)
    if row["count"] > 1:
        return f"{_COUNTS[row['count']]} {plural(text)}" if known(row) else f"{row['count']} × {text}"
    gender = genders().get(text.split()[0])
    if not article or gender is None:
        return text
    return f"{'un' if gender == 'm' else 'une'} {text}"


def plural(noun: str) -> str:
    """More than one of a noun of one word."""
    if noun[-1] in "sxz":
        return noun
    if noun.endswith(("eau", "eu")):
        return noun + "x"
    if noun.endswith("al"):
        return noun[:-2] + "aux"
    return noun + "s"


def plural_verbs(text: str) -> str:
    """The verbs of the captions' wordings made to agree with "ils"."""
    return re.sub(r"[\w']+", lambda match: _VERBS.get(match[0], match[0]), text)


def join(verb: str, target: str) -> str:
    """A verb and its object: "vient à la rencontre de" takes "d'" before a vowel."""
    return elide(f"{verb} {target}")


def elide(text: str) -> str:
    """ "de un" becomes "d'un", "que un" becomes "qu'un"."""
    return re.sub(r"\b(d|qu)e (?=une?\b)", r"\1'", text)


def detail(row: dict, facts: dict) -> str:
    """A second sentence on the first subject."""
    gender = genders().get(label(row).split()[0], "m")
    it = ("Il" if gender == "m" else "Elle") + ("s" if row["count"] > 1 else "")
    sides = {"left": "droite et va vers la gauche", "right": "gauche et va vers la droite"}
    side = sides.get(row["direction"], "un côté")
    said = {
        "crosses": f"part de la {side}",
        "waits": f"reste d'abord sur place, puis part de la {side}",
        "hides": "disparaît un instant, puis on le voit de nouveau"
        if gender == "m"
        else "disparaît un instant, puis on la voit de nouveau",
        "rises": "part du bas et finit en haut de l'image",
        "falls": "part du haut et finit en bas de l'image",
        "approaches": "occupe de plus en plus de place dans l'image",
        "leaves": "devient de plus en plus petit dans l'image"
        if gender == "m"
        else "devient de plus en plus petite dans l'image",
        "bounces": "monte et descend encore et encore",
        "circles": "revient là d'où le mouvement est parti",
        "follows": "reste derrière et garde ses distances",
        "meets": "vient d'un côté et s'arrête devant l'autre",
        "stands": "ne quitte pas sa place",
    }[row["motion"]]
    if row["count"] > 1:
        said = (
            plural_verbs(said)
            .replace("petit dans", "petits dans")
            .replace("petite dans", "petites dans")
            .replace("on le ", "on les ")
            .replace("on la ", "on les ")
        )
    return f"{it} {said}."
