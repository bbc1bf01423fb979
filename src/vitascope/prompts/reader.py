"""Reads a prompt as a film maker would: who, doing what, where, when, seen how. Rules over words, no network."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from . import nouns, references
from . import vocabulary as v
from .acts import act, direction, verb
from .kinds import stand_ins
from .language import detect, to_english
from .wording import plain

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.,;!?]")
CUT = re.compile(r"[.,;]?\s*(?:and |then )?(?:we )?\b(?:cut|cuts|cutting) to\b:?\s*", re.I)
CAMERA_REST = re.compile(
    r"\w*(?: (?:to|towards|on|onto|around|along|with|from|of)(?= (?:the )?(?:it|them|him|her|subject|right|left|side|scene)\b))?"
    r"(?: (?:it|them|him|her|us|its subject)\b| the (?:subject|scene|right|left)\b)?"
    r"(?: (?:to the )?(?:right|left)\b| slowly\b| gently\b| centred\b| in (?:view|frame|the picture)\b| around\b| still\b"
    r"| the whole time\b| throughout\b| steadily\b)*"
)
@dataclass(frozen=True)
class Mention:
    """A thing that the prompt names. `objects` are keys of the library, best first; `motion`, `direction` and `gait` are None
    where nothing is said; `role` is "subject", "occluder" (what another hides behind) or "other" (named beside a subject)."""

    label: str
    objects: tuple[str, ...]
    count: int
    span: tuple[int, int]
    adjectives: tuple[str, ...] = ()
    motion: str | None = None
    direction: str | None = None
    gait: str | None = None
    role: str = "subject"


@dataclass(frozen=True)
class Reading:
    """What a prompt says; None where it says nothing. `cuts` has a reading for each shot when there are several.

    `backdrop` and `look` are names of the user's characters: of a scene to play in, and of a style to take the colours of.
    """

    prompt: str
    language: str
    english: str
    subjects: tuple[Mention, ...] = ()
    scene: str | None = None
    time: str | None = None
    weather: str | None = None
    ground: str | None = None
    camera: str | None = None
    style: str | None = None
    unknown: tuple[str, ...] = ()
    stand_ins: tuple[tuple[str, str], ...] = ()  # (what was said, the label of the nearest thing that the library has)
    cuts: tuple[Reading, ...] = ()
    backdrop: str | None = None
    look: str | None = None


def read(prompt: str, library) -> Reading:
    """Read a prompt (already validated) in any of the library's languages.

    Never raises on text, but for an @name: ValueError with one sentence when the library has no such character, or no room.
    """
    said = references.mark(prompt, library)
    language = detect(said)
    english = to_english(said, language)
    english = plain(english, library.base) if language == "en" else english
    shown = references.unmark(english, library)
    parts = [part for part in CUT.split(english) if part.strip(" .,;")]
    if len(parts) > 1:
        shots = tuple(_read_shot(part, library) for part in parts[:8])
        return replace(shots[0], prompt=prompt, language=language, english=shown, cuts=shots,
                       unknown=tuple(dict.fromkeys(w for s in shots for w in s.unknown)),
                       stand_ins=tuple(dict.fromkeys(p for s in shots for p in s.stand_ins)))  # fmt: skip
    return replace(_read_shot(english, library), prompt=prompt, language=language, english=shown)


def blank(text: str, start: int, stop: int) -> str:
    """Take a passage out of a text without moving the rest."""
    return text[:start] + " " * (stop - start) + text[stop:]


def _first(text: str, table: dict[str, str]) -> tuple[str | None, str]:
    """The value whose pattern matches first in the text (the longest match there wins), and the text without it."""
    best = None
    for value, pattern in table.items():
        if match := re.search(rf"\b(?:{pattern})\b", text):
            key = (match.start(), -(match.end() - match.start()))
            if best is None or key < best[0]:
                best = key, value, match
    if best is None:
        return None, text
    return best[1], blank(text, *best[2].span())


def _camera(text: str) -> tuple[str | None, str]:
    """What the camera does, and the text without it; what the camera looks at ("follows a bicycle") stays in the text."""
    for match in re.finditer(v.CAMERA_CLAUSE, text):
        if re.search(r"\b(?:towards?|from|at|to|into)\s*$", text[: match.start()]):
            continue  # "walks towards the camera"
        for value, pattern in v.CAMERAS:
            if said := re.search(pattern, match.group()):
                rest = CAMERA_REST.match(match.group(), said.end())
                return value, blank(text, match.start(), match.start() + rest.end())
    return None, text


def _names(text: str, library) -> list[tuple[int, int]]:
    """Passages that are names of several words ("ice cream", "umbrella with rain drops"), not places or weather."""
    tokens, spans, i = list(WORD.finditer(text)), [], 0
    while i < len(tokens):
        hit = nouns.find(library, [t.group() for t in tokens[i : i + nouns.LONGEST]])
        if hit and hit[0] > 1 and hit[2] >= 9 and not nouns.is_scene(library, hit[1][0]):
            spans.append((tokens[i].start(), tokens[i + hit[0] - 1].end()))
            i += hit[0]
        else:
            i += 1
    return spans


def _scene(text: str) -> tuple[str | None, str]:
    """The place that the prompt names, where a place can stand: after a preposition or a verb, not as the first noun."""
    best = None
    for value, pattern in v.SCENES.items():
        for match in re.finditer(rf"\b(?:{pattern})\b", text):
            before = text[: match.start()]
            placed = re.search(r"\b(?:in|on|through|across|over|at|by|along|near|above|under|into|inside|onto|around|down|up|past|of|to|towards|behind|between|among|crosses|cross|crossing|against|beside|from|within|amid)\b(?:\s+[\w'-]+){0,3}\s*$", before)
            starts_placed = re.match(r"(?:under ?water|indoors|down ?town|in|on|through|across|over|at|by|along|under|inside|at the bottom of|among|between)\b", match.group())
            if not (placed or starts_placed) or re.search(r"\bbehind\b(?:\s+\w+)?\s*$", before) and value == "forest" and "tree" in match.group():
                continue
            # The words of a place, longest first; of two places the one named first holds, but a bridge beats its river.
            key = (value != "bridge", match.start(), -(match.end() - match.start()))
            if best is None or key < best[0]:
                best = key, value, match
    if best is None:
        return None, text
    start, stop = best[2].span()
    words = text[:start].split()
    k = len(words)  # the place's article and adjectives go with it: "in the sandy desert"
    while k and words[k - 1] not in v.DETERMINERS and (words[k - 1] not in v.NEVER or words[k - 1] in v.ADJECTIVES):
        k -= 1
    if k > 1 and len(words) - k < 3 and words[k - 1] in v.DETERMINERS and words[k - 2] in v.NEVER:
        start = re.search(r"\s+".join(map(re.escape, words[k - 1 :])) + r"\s*$", text[:start]).start()
    return best[1], blank(text, start, stop)


def _read_shot(text: str, library) -> Reading:
    text, backdrop, look = references.settings(text, library)
    english = text
    text = text.lower().replace("’", "'")
    text = text if len(text) == len(english) else english.replace("’", "'")  # some letters grow when made small
    camera, text = _camera(text)
    names = _names(text, library)
    whole = text
    for start, stop in names:
        text = text[:start] + "§" * (stop - start) + text[stop:]
    style, text = _first(text, v.STYLES)
    weather, text = _first(text, v.WEATHERS)
    ground, text = _first(text, v.GROUNDS)
    scene, text = _scene(text)
    time, text = _first(text, v.TIMES)
    for start, stop in names:
        text = text[:start] + whole[start:stop] + text[stop:]
    mentions, unknown = _subjects(text, library)
    first = WORD.search(whole)
    if not mentions and not unknown and first and (doing := verb(first.group()))[0] not in (None, "stands"):
        person = nouns.acting(library, "person", _stem(first.group())) or nouns.find(library, ["person"])[1]
        mentions = [Mention("person", tuple(person), 1, (0, 0), (), doing[0], direction(text), doing[1])]  # "running in the rain"
    if scene is None and len(mentions) > 1:  # "a neon city, flying cars": the place is named as the first of the things
        place = nouns.place_of(mentions[0].label)
        if place and mentions[0].motion in (None, "stands"):
            scene, mentions = place, [replace(m, role="subject") if m.role == "other" and i == 0 else m for i, m in enumerate(mentions[1:])]
    if scene:  # of two places the other is no thing: "into space from the desert"
        mentions = [m for m in mentions if m.role != "other" or not (nouns.place_of(m.label) and nouns.is_scene(library, m.objects[0]))]
    else:  # "a peaceful lake", "a neon city, flying cars": a place named for itself
        free = (w for w in WORD.finditer(text) if not _verb_like(w.group()) and not any(m.span[0] <= w.start() < m.span[1] for m in mentions))
        scene = next(filter(None, (nouns.place_of(w.group()) for w in free)), None)
    if time is None and re.search(r"\b(?:full moon|moonlit|(?:under|at) the moon|moon in the background)\b", english.lower()):
        time = "night"
    if scene is None and ground == "snowy" and re.search(r"\bsnow\b", english.lower()):
        scene = "plain" if not mentions else "mountains"
    if scene == "underwater" and any(m.gait == "fly" for m in mentions):
        scene = "beach"
    if scene == "beach" and re.search(r"\b(?:in|through) the (?:sea|ocean)\b", english.lower()):
        scene = "underwater"
    if scene is None and any(m.gait == "swim" for m in mentions):
        scene = "underwater"
    scene = scene or references.scene_of(backdrop, library)
    mentions = references.fit(mentions, library)
    english = references.unmark(english, library)
    return Reading(english, "en", english, tuple(mentions), scene, time, weather, ground, camera, style, tuple(unknown),
                   _stood_in(mentions, library), backdrop=backdrop, look=look)


def _stood_in(mentions, library) -> tuple[tuple[str, str], ...]:
    """The things that are shown by something near them, with that thing's label."""
    known = stand_ins()
    said = ((" ".join([*m.label.split()[:-1], v.singular(m.label.split()[-1])]), m) for m in mentions if m.label)
    pairs = ((word, library.find(m.objects[0], "3d").label) for word, m in said if word in known)
    return tuple(dict.fromkeys((word, label) for word, label in pairs if label == known[word]))


def _subjects(text: str, library) -> tuple[list[Mention], list[str]]:
    tokens = [(m.group(), m.start(), m.end()) for m in WORD.finditer(text)]
    words = [t[0] for t in tokens]
    found: list[tuple[int, int, Mention]] = []  # first token, token after, mention
    unknown: list[str] = []
    i = 0
    while i < len(words):
        noun = i > 0 and words[i - 1] in v.DETERMINERS
        hit = nouns.find(library, words[i : i + nouns.LONGEST], noun) if words[i].isalnum() or "'" in words[i] else None
        after = nouns.find(library, words[i + hit[0] : i + hit[0] + nouns.LONGEST]) if hit else None
        if hit and (words[i] in v.NEVER and after or found and found[-1][1] == i and _acts(words, *found[-1][:2])):
            hit = None  # an adjective ("a baby elephant"), or what the last thing does ("a lion roars")
        elif hit and _is_noun(words, i, hit[0]):
            n, objects, _ = hit
            # Of a row of nouns ("toy robot") the last is the thing; a longer name was tried already.
            if after and n == 1 and after[2] >= 9 and not _verb_like(words[i + n]) and not _acts(words, i, i + n):
                i += n
                continue
            count, adjectives = _count(words, i, words[i + n - 1])
            if count == 2 and nouns.is_plural_name(library, objects[0], words[i + n - 1]) and "two" not in words[max(0, i - 3) : i]:
                count = 1  # "grapes" are one picture
            span = tokens[i][1], tokens[i + n - 1][2]
            if references.named(library, words[i]):
                n += references.apposition(library, words[i + n : i + n + nouns.LONGEST])
            found.append((i, i + n, _mention(library, " ".join(words[i : i + n]), words, i + n, objects, count, span, adjectives)))
            i += n
            continue
        if not hit and _unknown(words, i):
            unknown.append(words[i])
        i += 1
    return act(text, found), unknown


def _mention(library, label, words, after, objects, count, span, adjectives) -> Mention:
    """A thing named at `span`; people are shown doing what the next words say, where the library has such a picture."""
    if {"bike", "bicycle"} & set(words[after : after + 4]) and any(w.startswith("rid") for w in words[after : after + 2]):
        objects = list(dict.fromkeys([*nouns.acting(library, label, "bik"), *objects]))
    for word in words[after : after + 3]:
        if not word.isalpha() or word in ("and", "with"):
            break
        if word not in v.NEVER or _verb_like(word):
            if doing := nouns.acting(library, label, _stem(word)):
                return Mention(label, tuple(dict.fromkeys([*doing, *objects])), count, span, adjectives)
    return Mention(label, tuple(objects), count, span, adjectives)


def _stem(verb: str) -> str:
    """"swims", "swimming" and "swim" to "swim", "dances" and "dancing" to "danc"."""
    verb = re.sub(r"(?:ing|es|s|e)$", "", verb)
    return verb[:-1] if len(verb) > 3 and verb[-1] == verb[-2] else verb


def _acts(words: list[str], start: int, stop: int) -> bool:
    """Whether the word at `stop` is what the one thing named at start..stop does: "a lion" + "roars", "a panda" + "eating"."""
    if stop >= len(words) or v.singular(words[stop - 1]) != words[stop - 1]:
        return False
    return words[stop].endswith("ing") or v.singular(words[stop]) != words[stop]


def _is_noun(words: list[str], i: int, n: int) -> bool:
    """Whether the words at i can be a thing: after a determiner or adjective, at the start, after a preposition, or a plural."""
    if n > 1:
        return True
    if not _verb_like(words[i]):
        return True
    back = [w for w in words[max(0, i - 3) : i]]
    return bool(back) and (back[-1] in v.DETERMINERS or back[-1] in v.ADJECTIVES and any(w in v.DETERMINERS for w in back))


AMBIGUOUS = set("train watch fly duck swallow bear bat seal crane ski surf snow rain hammer saw drum fish light match box ring bow point "
                "park rock kick cook dress horn fan fire bridge stop iron nail pump flower star plant spring swing slide".split())  # fmt: skip


def _verb_like(word: str) -> bool:
    return word in AMBIGUOUS or (word.endswith("s") and word[:-1] in AMBIGUOUS) or any(
        re.fullmatch(pattern, word) for pattern, _, _ in v.VERBS)  # fmt: skip


def _unknown(words: list[str], i: int) -> bool:
    """Whether an unmatched word is the noun of a phrase that begins with a determiner."""
    if words[i] in v.NEVER or words[i] in v.NUMBERS or words[i] in v.ADJECTIVES or not words[i].isalpha() or _verb_like(words[i]) or len(words[i]) < 3:
        return False
    back = words[max(0, i - 3) : i]
    last = next((k for k in range(len(back) - 1, -1, -1) if back[k] in v.DETERMINERS), None)
    if last is None or not all(w in v.ADJECTIVES for w in back[last + 1 :]):
        return False
    return not (words[i].endswith("ly") or i + 1 < len(words) and words[i + 1] not in v.NEVER and not _verb_like(words[i + 1])
                and words[i + 1].isalnum())  # fmt: skip


def _count(words: list[str], i: int, noun: str) -> tuple[int, tuple[str, ...]]:
    """How many, by the number before or the plural, and the adjectives in between."""
    adjectives: list[str] = []
    for word in reversed(words[max(0, i - 4) : i]):
        if word in v.NUMBERS and word != "the":
            return v.NUMBERS[word], tuple(reversed(adjectives))
        if word in ("of", "the"):
            continue
        if word in v.DETERMINERS or word in v.NEVER and word not in v.COLOURS and word not in v.ADJECTIVES or not word.isalpha() or _verb_like(word):
            break
        adjectives.append(word)
    plural = v.singular(noun) != noun and noun not in ("fish", "sheep", "deer")
    return (2 if plural else 1), tuple(reversed(adjectives))
