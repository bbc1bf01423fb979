"""The beats of each motion: what "crosses" or "stands" means when a take lasts a minute.

Each function adds the keys of one beat of `s` seconds to an actor; `k` counts the beats.
"""

from __future__ import annotations

from .beats import LONGEST, SHORTEST, Actor


def beats(actor: Actor, stop: float, lively: float = 1.0):
    """(beat number, seconds) until a time, none below three seconds unless the whole is."""
    k, pace = 0, max(lively, 1.0) ** 0.7
    while stop - actor.now > 0.15:
        left = stop - actor.now
        s = actor.rng.uniform(SHORTEST, LONGEST) / pace
        if left < s + 3.0 / pace:
            s = left if left <= LONGEST / pace + 0.5 else left / 2
        yield k, s
        k += 1


def aside(actor: Actor, share: float) -> float:
    """A height a share of the way from the nearest to the farthest, where the floor has depth."""
    floor = actor.floor
    if floor.flat:
        return floor.near - share * (floor.near - floor.far)
    if floor.mode == "ground":
        return actor.here[1]
    return min(max(floor.near - share * (floor.near - floor.far), actor.scale + 0.04), floor.near)


def crosses(actor: Actor, s: float, k: int) -> None:
    """To the other side; with pauses, deeper into the scene, or out of the view and back as itself."""
    rng, side = actor.rng, actor.side
    kind = "over" if k == 0 else ("part", "deep", "out", "over", "part")[(k - 1) % 5]
    if kind == "out" and s < 4.5:
        kind = "over"
    if kind == "over":
        actor.go(0.88 * s, x=actor.edge(side), y=aside(actor, rng.uniform(0, 0.5)))
        actor.go(0.12 * s)
    elif kind == "part":
        actor.go(0.3 * s, x=0.5 - side * rng.uniform(0.02, 0.12))
        actor.go(0.3 * s)
        actor.go(0.4 * s, x=actor.edge(side))
    elif kind == "deep":
        actor.go(0.5 * s, x=0.5, y=aside(actor, rng.uniform(0.75, 1.0)))
        actor.go(0.5 * s, x=actor.edge(side), y=aside(actor, rng.uniform(0, 0.3)))
    else:
        actor.go(0.42 * s, x=actor.outside(side))
        actor.go(0.12 * s)
        actor.go(0.46 * s, x=0.5 + side * rng.uniform(0.08, 0.2), y=aside(actor, rng.uniform(0, 0.4)))
    actor.side = -side


def stands(actor: Actor, s: float, k: int) -> None:
    """In its place, looking round now and then."""
    if k % 2 and actor.reference.heading is not None and actor.mobile and actor.strength > 0:
        actor.looks.append((actor.now + 0.35 * s, -actor.side))
        actor.side = -actor.side
    actor.go(s)


def strolls(actor: Actor, s: float, k: int) -> None:
    """What stands because nobody said what it does: a few steps now and then."""
    if k % 2 == 0 or not actor.mobile:
        return stands(actor, s, k)
    side = 1.0 if actor.here[0] < 0.5 else -1.0
    actor.go(0.25 * s)
    actor.go(0.45 * s, x=actor.here[0] + side * actor.rng.uniform(0.12, 0.22), y=aside(actor, actor.rng.uniform(0, 0.5)))
    actor.go(0.3 * s)
    actor.side = side


def waits(actor: Actor, s: float, k: int) -> None:
    """Waits, then sets off; and again."""
    actor.go(0.4 * s)
    actor.go(0.6 * s, x=actor.edge(actor.side))
    actor.side = -actor.side


def rises(actor: Actor, s: float, k: int) -> None:
    """Up, and higher; between times it hangs and sinks a little, so that it can rise again."""
    top = max(actor.here[2] * 0.75 + 0.03, 0.2)
    low = max(actor.floor.near, top + 0.3)
    if k == 0:
        actor.go(0.8 * s, y=top + 0.12, size=actor.here[2], x=actor.here[0] + actor.side * 0.05)
        actor.go(0.2 * s)
    elif k % 2:
        actor.go(0.5 * s, x=0.5 + actor.side * 0.14, size=actor.here[2])
        actor.go(0.5 * s, y=top + 0.45 * (low - top), size=actor.here[2])
        actor.side = -actor.side
    else:
        actor.go(0.85 * s, y=top, x=0.5 + actor.side * 0.1, size=actor.here[2])
        actor.go(0.15 * s)


def falls(actor: Actor, s: float, k: int) -> None:
    """Down to rest; what floats or flies drifts up and sinks again, other things bounce on a little and lie."""
    low = actor.floor.near if actor.floor.mode == "ground" or actor.gait in ("none", "roll", "walk", "run", "hop") else 0.86
    size = actor.here[2]
    if k == 0:
        actor.go(0.75 * s, y=low, size=size, x=actor.here[0] + 0.06 * actor.side)
        actor.go(0.25 * s)
    elif actor.gait in ("fly", "hover", "swim"):
        actor.go(0.5 * s, y=max(size + 0.06, 0.35), size=size, x=0.5 + 0.18 * actor.side)
        actor.go(0.5 * s, y=low, size=size, x=0.5)
        actor.side = -actor.side
    elif k % 3 == 1:
        actor.go(0.2 * s, bounce=0.12, size=size)
        actor.go(0.35 * s, x=actor.here[0] + 0.1 * (1 if actor.here[0] < 0.5 else -1), bounce=0.08)
        actor.go(0.3 * s, bounce=0.0)
        actor.go(0.15 * s)
    else:
        actor.go(s)


def bounces(actor: Actor, s: float, k: int) -> None:
    """In its place, then along to another, then in its place again; higher and lower."""
    high = min(0.16 + 0.1 * (k % 2), max(actor.here[1] - actor.here[2] - 0.02, 0.08)) * min(max(actor.strength, 1.0), 1.5)
    if k % 3 == 1:
        actor.go(0.15 * s, bounce=high)
        actor.go(0.75 * s, x=actor.edge(actor.side) * 0.7 + 0.15, bounce=high)
        actor.side = -actor.side
        actor.go(0.1 * s)
    else:
        actor.go(0.12 * s, bounce=high)
        actor.go(0.7 * s)
        actor.go(0.18 * s, bounce=0.5 * high)


def circles(actor: Actor, s: float, k: int) -> None:
    """Round and round, in wider and narrower rings about a place that moves."""
    wide = min((0.2, 0.26, 0.14)[k % 3] * max(actor.strength, 1.0) ** 0.5, max(0.47 - actor.half, 0.1))
    actor.go(0.3 * s, round=wide, x=actor.here[0] + (0.5 + 0.07 * actor.side - actor.here[0]) * 0.6)
    actor.go(0.7 * s, x=0.5 + 0.07 * actor.side)
    actor.side = -actor.side


def approaches(actor: Actor, s: float, k: int, away: bool = False) -> None:
    """From far to near, aside there, half the way back, near again; or, away, all the other way round."""
    floor, rng = actor.floor, actor.rng
    near = 0.0 if away else 1.0  # where it is going to: 0 far, 1 near
    if k == 0 and len(actor.keys) == 1:
        _stand_at(actor, 1 - near)
    share = 0.5 if k % 4 == 2 else near
    x = 0.5 + actor.side * rng.uniform(0.12, 0.2) if k % 2 else 0.5 + rng.uniform(-0.12, 0.12)
    if floor.flat:
        actor.go(0.85 * s, x=x, y=floor.far + share * (floor.near - floor.far))
    else:
        actor.go(0.85 * s, x=x, size=actor.scale * (0.4 + 0.75 * share), depth=0.6 - 0.45 * share)
    actor.go(0.15 * s)
    actor.side = -actor.side if k % 2 else actor.side


def _stand_at(actor: Actor, share: float) -> None:
    """Make its only key one that is far (0) or near (1)."""
    key, floor = actor.here, actor.floor
    if floor.flat:
        key[1] = floor.far + share * (floor.near - floor.far)
        key[2], key[3] = actor.scale * floor.perspective(key[1]), floor.depth(key[1], key[3])
    else:
        key[2], key[3] = actor.scale * (0.4 + 0.75 * share), 0.6 - 0.45 * share


def leaves(actor: Actor, s: float, k: int) -> None:
    approaches(actor, s, k, away=True)


MOTIONS = dict(crosses=crosses, stands=stands, strolls=strolls, waits=waits, rises=rises, falls=falls, bounces=bounces,
               circles=circles, approaches=approaches, leaves=leaves, follows=crosses, meets=strolls, hides=strolls)  # fmt: skip


def play(actor: Actor, motion: str, stop: float) -> None:
    """Beats of a motion until a time."""
    if motion not in ("bounces", "circles") and (actor.here[5] or actor.here[6]):
        actor.go(0.8, bounce=0.0, round=0.0)
    if motion not in ("rises", "falls") and actor.floor.mode == "ground" and not actor.floor.far <= actor.here[1] <= actor.floor.near + 0.01:
        actor.go(1.2, y=actor.floor.near - 0.02)
    actor.upright.append((actor.now, motion == "rises"))
    for k, s in beats(actor, stop, actor.strength):
        MOTIONS[motion](actor, s, k)


def journey(actor: Actor, travel: list[tuple[float, float]], stop: float, said: bool) -> None:
    """Beats of a lead whom the camera goes along with: on it goes, pauses, goes deeper, gets ahead; `travel` gets its keys.

    `said`: its way is fixed; else it turns and comes back now and then.
    """
    rng, m = actor.rng, actor.strength
    travel.append((actor.now, travel[-1][1]))
    for k, s in beats(actor, stop, m):
        gone, side = travel[-1][1], actor.side
        speed = rng.uniform(0.17, 0.26) * m
        kind = ("go", "pause", "deep", "ahead")[k % 4]
        if kind == "pause":
            actor.go(0.4 * s)
            travel.append((actor.now, gone + side * speed * 0.4 * s))
            actor.go(0.25 * s)
            travel.append((actor.now, travel[-1][1] + side * 0.01))
            if not said and k % 8 == 5:
                actor.side = side = -side
            actor.go(0.35 * s)
            travel.append((actor.now, travel[-1][1] + side * speed * 0.35 * s))
            continue
        if kind == "deep":
            actor.go(0.5 * s, x=0.5, y=aside(actor, rng.uniform(0.5, 0.9)))
            actor.go(0.5 * s, x=0.5 - 0.1 * side, y=aside(actor, rng.uniform(0, 0.3)))
        elif kind == "ahead":
            actor.go(0.5 * s, x=0.5 + 0.22 * side)
            actor.go(0.5 * s, x=0.5 - 0.04 * side)
        else:
            actor.go(s, x=0.5 - side * rng.uniform(0.02, 0.12), y=aside(actor, rng.uniform(0, 0.4)))
        travel.append((actor.now, gone + side * speed * s))


def trail(actor: Actor, leader: Actor, since: float, stop: float, lag: float = 0.35) -> None:
    """Go after a leader whose keys are laid out: the same places a little later, a length behind."""
    way = actor.side
    apart = actor.half + leader.half + 0.05
    for k, (when, key) in enumerate(zip(leader.times, leader.keys)):
        if not since < when <= stop:
            continue
        step = key[0] - leader.keys[k - 1][0] if k else 0.0
        way = (1.0 if step > 0 else -1.0) if abs(step) > 0.02 else way
        then = min(when + lag, stop)
        if then - actor.now > 0.15:
            actor.go(then - actor.now, x=key[0] - way * apart)
    actor.until(stop)


def meet(one: Actor, other: Actor, stop: float) -> None:
    """Two come together, stay, part, and come together again elsewhere."""
    apart = one.half + other.half + 0.03
    left, right = (one, other) if one.here[0] <= other.here[0] else (other, one)
    share = right.half / max(left.half + right.half, 0.01)
    for k, s in beats(left, stop, left.strength):
        middle = 0.5 + (0.0, 0.07, -0.07)[k % 3]
        for actor, side, part in ((left, -1.0, 1 - share), (right, 1.0, share)):
            beside = middle + side * apart * part
            if k % 2 == 0:
                actor.go(0.55 * s, x=beside)
                actor.looks.append((actor.now, -side))
                actor.go(0.45 * s)
            else:
                actor.go(0.5 * s, x=beside + side * 0.16)
                actor.go(0.5 * s, x=beside)
                actor.looks.append((actor.now, -side))
    right.until(left.now)


def hide(actor: Actor, cover: Actor, stop: float) -> None:
    """Behind a cover that stands, and out again on the other side; back and forth with pauses in the open."""
    place = cover.here
    if len(cover.keys) == 1 and cover.floor.flat:  # a cover is large, so it stands in front
        place[1] = cover.floor.near - 0.03
        place[2], place[3] = cover.scale * cover.floor.perspective(place[1]), cover.floor.depth(place[1], place[3])
    top = place[1] - place[2]
    reach = min(cover.half + actor.half + 0.05, max(0.5 - actor.half - 0.02, cover.half))
    deep = dict(depth=min(place[3] + 0.08, 0.95), size=min(actor.here[2], 0.55 * place[2]))
    deep["y"] = max(min(actor.here[1], place[1] - 0.02), top + deep["size"])
    side = 1.0 if actor.here[0] > place[0] else -1.0
    for k, s in beats(actor, stop, actor.strength):
        if k == 0 and len(actor.keys) == 1:
            actor.here[[0, 1, 2, 3]] = place[0] + side * reach, deep["y"], deep["size"], deep["depth"]
        elif k == 0:
            actor.go(0.2 * s, x=place[0] + side * reach, **deep)
            s *= 0.8
        actor.go(0.12 * s)
        actor.go(0.38 * s, x=place[0])
        if k % 2:
            actor.go(0.12 * s)
        actor.go((0.26 if k % 2 else 0.38) * s, x=place[0] - side * reach)
        actor.go(0.12 * s)
        side = -side
    actor.side = side
