"""How the large name lists were made from public packages, so that they can be made again from newer ones.

`python -m vitascope.safety.listing people TITLES NAMES WORDS` and `... brands KEPT COMPANIES NAMES WORDS...`, all JSON:
titles of compromise-wikipedia 0.1.1 (unpacked with efrt 2.7.0), the lexicon of compromise 14.17.0 (unpacked), word lists of
an-array-of-english-words 2.0.0 and an-array-of-french-words 2.0.0, brands_keep.json of name-suggestion-index 8.0.20260918,
the lines of @cspell/dict-companies 3.2.13. No list but the result is shipped.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from pathlib import Path

from vitascope.prompts.language import noun_words

from .glyphs import fold
from .lexicon import FOLDER

GIVEN = ("MaleName", "FemaleName", "FirstName", "Person|Noun", "Person|Place", "Person|Adj", "Person|Verb", "Person|Date")
PLACES = ("City", "Region", "Place", "Country")
_LINKS = frozenset("of the and in on at to for a an from with vs or et is i ii iii iv no".split())
# Last words of titles that begin like a person and are none.
_THINGS = frozenset("""county island islands airport university college river city bay cathedral church street hotel film films syndrome disease theorem
    family dynasty sisters brothers band discography bibliography filmography album song series season museum park bridge tower castle palace lake mountain
    mountains valley state province district school institute company corporation group records studios theatre theater stadium arena day days war battle act
    law case trial murder murders kidnappings shooting shootings effect principle test method scale number numbers numerals function equation paradox problem
    theory model project awards award prize show movie cup open league club united tour festival house hall square gate wall line road roads station canal
    strait sea ocean desert beach forest cemetery temple mosque massacre riot rebellion revolution revolt empire kingdom republic movement party railway wine
    cheese sauce salad soup bread cake tea terrier dog cat rat bear shark crab spider bug beetle moth butterfly monkey fish goose tree flytrap plum apple
    language languages people alphabet calendar hypothesis conjecture cipher code bomb missile rifle gun tank plan doctrine foundation center centre hospital
    clinic bank press times post magazine complex constant curve distribution process falls solstice legion emperor senate consul concrete catholic rite
    parade cross medal tablet skull structure radio oscillator dynamics castles hornets dwarf recluse sugar investor deco nouveau pop rock mater heart fallen
    apologetics science denomination angelology conquest garden sands civilization harbor jam linux yuga lisa oil cobra vulture lear ranch crimson news go
    sports uk wars entertainment motor online division bowl boy papers force belt frost quixote doe pan hood poppins reborn tech games game incident holiday
    cycle reigns numerals circus python telescope form converter current sensor criterion dad trilogy clubhouse funhouse adventures superstar society""".split())
_NOT_GIVEN = frozenset("brown angel art august christian crystal king olive pearl roman sky summer venus sierra rose kali maya mona monte marina genesis emerald eddy alma summer san santa".split())
_NOT_BRANDS = frozenset("everest aegean columbia burlington midas leonidas maurices morrisons clarks cosmo consum mercator prisma profi laforet schwalbe stokrotka milano publix maverik bentley engen denner argos akshaya".split())


def people(titles: list[str], lexicon: dict[str, list[str]], words: set[str]) -> list[str]:
    """Titles that are names of people: a given name first, no linking words, nothing that is a place or a thing."""
    given = {fold(name) for kind in GIVEN for name in lexicon[kind] if " " not in name}
    places = {fold(name) for kind in PLACES for name in lexicon[kind]}
    family = {fold(name) for name in lexicon["LastName"]}
    kept = set()
    for title in map(fold, titles):
        parts = title.split(" ")
        if not 2 <= len(parts) <= 4 or re.search(r"[\d,:()!?&/+]", title) or _LINKS & set(parts) or title in places or parts[0] in _NOT_GIVEN:
            continue
        if parts[-1].strip(".'s") in _THINGS or parts[-1] in _THINGS or parts[-1].endswith("'s") or not {parts[0], parts[0].split("-")[0]} & given:
            continue
        common = all(part in words for part in parts) and parts[-1] not in family | given
        if not common or len(parts) == 2 and parts[0] not in places:
            kept.add(" ".join(re.findall(r"[^\W_]+", title)))
    return sorted(kept)


def brands(kept: dict[str, int], companies: list[str], lexicon: dict[str, list[str]], words: set[str], least: int = 400) -> list[str]:
    """Brands mapped at least so many times, whose names are no everyday words, places or names of people; and companies likewise.

    The list of companies is words for spell checking, universities and provinces among them: it only vouches for rarer brands.
    """
    count: Counter[str] = Counter()
    for key, times in kept.items():
        count[fold(key.split("|", 1)[1])] += times
    usual = words | {fold(name) for kind in (*GIVEN, *PLACES, "LastName", "Person|Noun") for name in lexicon.get(kind, ())}
    found = set()
    listed = set(map(fold, companies))
    usual |= {fold(part) for table in noun_words().values() for name in table for part in name.split()}
    for name in [n for n, times in count.items() if times >= (60 if n in listed else least)]:
        parts = re.findall(r"[^\W_]+", name)
        if parts and name not in _NOT_BRANDS and name.isascii() and not name.isdigit() and len("".join(parts)) > 4 and not all(p in usual or len(p) < 3 or p.isdigit() for p in parts):
            found.add(" ".join(parts))
    return sorted(found)


def main(arguments: list[str]) -> None:
    what, *paths = arguments
    read = [json.loads(Path(path).read_text(encoding="utf-8")) for path in paths]
    if what == "people":
        names = people(read[0], read[1], set(map(fold, read[2])))
    else:
        names = brands(read[0]["keep"], read[1], read[2], {fold(w) for listed in read[3:] for w in listed})
    path = FOLDER / f"names.{what}.gz"
    path.write_bytes(gzip.compress("\n".join(names).encode(), mtime=0))
    print(f"{path.name}: {len(names):,} names, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
