"""Who does what: the motion, way and gait that the words around each thing of a prompt say."""

from __future__ import annotations

import re
from dataclasses import replace

from . import vocabulary as v

BEHIND = re.compile(r"\b(?:behind|in back of)\b[\w\s-]{0,12}$")
BESIDE = re.compile(r"\b(?:over|above|across|through|along|past|on|in|near|under|below|beside|by|to|towards?|around|onto|into|between|with|of|from|at|next|after|against)\b(?:\s[\w-]+){0,3}\s*$")
PARTICIPLE = re.compile(r"(?:,|\b(?:a|an|the|two|three|some|and|several)\b)\s*(?:[\w'-]+\s+)?(\w+ing)\s+"
                        r"(?:(?!(?:a|an|the|its|his|her|their|two|three|some)\b)\w+\s+)?$")
WAYS = {"towards": "approaches", "away": "leaves", "up": "rises", "down": "falls"}


def act(text: str, found: list[tuple]) -> list:
    """Give each thing found (first token, token after, Mention) the motion, direction and gait that the words after it say, and its role."""
    mentions: list = []
    active: int | None = None
    for k, (_, _, mention) in enumerate(found):
        start = mention.span[1]
        stop = found[k + 1][2].span[0] if k + 1 < len(found) else len(text)
        before = text[(found[k - 1][2].span[1] if k else 0) : mention.span[0]]
        said, between = text[start:stop], text[start:]
        if k + 1 < len(found) and (doing := PARTICIPLE.search(said)):  # what it says is of the next thing
            said = said[: doing.start()]
        if mentions and BEHIND.search(before) and mentions[-1].motion in ("hides", None):
            mentions[-1] = replace(mentions[-1], motion="hides")
            mention = replace(mention, motion="stands", role="occluder")
            if way := direction(said):
                mentions[-1] = replace(mentions[-1], direction=way)
            mentions.append(mention)
            continue
        motion, gait = verb(said)
        if motion is None and mention.label.endswith("ing"):  # "man walking" is a name that says what he does
            motion, gait = verb(mention.label.split()[-1])
        if motion is None and (doing := PARTICIPLE.search(before if k else "," + before)):  # "a flying pig"
            motion, gait = verb(doing[1])
        joined = k > 0 and bool(re.fullmatch(r"[\s,]*(?:and|with)\s+(?:[\w'-]+\s+){0,3}", before))
        if motion is None and active is not None and k and BESIDE.search(before) and not joined:
            target = mentions[active].motion in ("follows", "meets")
            mention = replace(mention, role="other", motion=("crosses" if mentions[active].motion == "follows" else
                                                             "meets" if target else "stands"))  # fmt: skip
            if way := direction(said):
                mentions[active] = replace(mentions[active], direction=mentions[active].direction or way)
            mentions.append(mention)
            continue
        way = direction(said)
        if motion is None and mentions and mentions[-1].motion in ("follows", "meets") and k:
            mention = replace(mention, role="other", motion="crosses" if mentions[-1].motion == "follows" else "meets", direction=way)
            mentions[-1] = replace(mentions[-1], direction=mentions[-1].direction or way)
            mentions.append(mention)
            continue
        if motion is None and k and not joined and mentions[-1].motion and "," not in before:
            # What is ridden, walked or bounced goes along ("rides a horse"); what is watched, climbed or eaten stays.
            goes = mentions[-1].motion in ("crosses", "bounces") and not re.search(r"\b(?:and|while|as)\b", before)
            shared = dict(motion=mentions[-1].motion, gait=mentions[-1].gait if goes else None) if goes else dict(motion="stands")
            mentions.append(replace(mention, role="other", direction=way if goes else None, **shared))
            if way and mentions[-2].direction is None:
                mentions[-2] = replace(mentions[-2], direction=way)
            continue
        if motion == "crosses" and way in WAYS:  # "walks towards us", "flies straight up"
            motion = WAYS[way]
        # "a dog and a cat run": what is said of the last holds for all that were named with it.
        mention = replace(mention, motion=motion, gait=gait, direction=way)
        if joined and motion:
            for j in range(len(mentions) - 1, -1, -1):
                if mentions[j].motion is not None or mentions[j].role != "subject":
                    break
                mentions[j] = replace(mentions[j], motion=motion, gait=gait, direction=way)
        mentions.append(mention)
        active = len(mentions) - 1
        if way is None and motion in ("crosses", "waits", "hides", "follows") and "behind" not in said:
            rest = between[: between.find(".")] if "." in between else between
            other = re.search(r"\b(?:while|and (?:a|an|the|two|three))\b", rest)
            mentions[-1] = replace(mentions[-1], direction=direction(rest[: other.start()] if other else rest))
    return mentions


def verb(text: str) -> tuple[str | None, str | None]:
    """(motion, gait) of the first verb in the words; a verb that ends a motion ("flies up") wins over how it goes."""
    hits = []
    for rank, (pattern, motion, gait) in enumerate(v.VERBS):
        if match := re.search(rf"\b(?:{pattern})\b", text):
            hits.append((match.start(), rank, motion, gait))
    if not hits:
        return None, None
    first = min(hits)
    near = [h for h in hits if h[0] <= first[0] + 2]
    motion = min(near, key=lambda h: h[1])[2]
    gait = next((h[3] for h in sorted(hits) if h[3]), None)
    if motion == "crosses":  # "runs and hides", "walks away": a motion said later in the clause is the point of it
        later = [h for h in hits if h[2] not in ("crosses", "stands", "bounces")]
        if later:
            motion = min(later)[2]
        elif re.search(r"\b(?:up and down|on the spot)\b", text):
            motion = "bounces"
    return motion, gait


def direction(text: str) -> str | None:
    hits = [(m.start(), value) for value, pattern in v.DIRECTIONS.items() if (m := re.search(rf"\b(?:{pattern})\b", text))]
    return min(hits)[1] if hits else None
