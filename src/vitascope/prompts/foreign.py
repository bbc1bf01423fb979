"""Film words of the languages that have no full glossary: enough for who goes where, and how nouns are found in them."""

from __future__ import annotations

import unicodedata

# Film words of other languages, enough for who goes where.
OTHERS = {
    "de": {"ein": "a", "eine": "a", "einen": "a", "der": "the", "die": "the", "das": "the", "zwei": "two", "drei": "three", "und": "and",
           "läuft": "runs", "rennt": "runs", "geht": "walks", "schwimmt": "swims", "fliegt": "flies", "springt": "jumps", "fährt": "travels",
           "steigt": "rises", "fällt": "falls", "nach": "to the", "links": "left", "rechts": "right", "durch": "through", "über": "over",
           "den": "the", "dem": "the", "im": "in the", "am": "at the", "auf": "on", "hinter": "behind", "wald": "forest", "stadt": "city",
           "rennen": "run", "laufen": "run", "gehen": "walk", "fliegen": "fly", "schwimmen": "swim", "fahren": "travel", "nacht": "night", "nachts": "at night", "schnee": "snow", "brücke": "bridge", "wiese": "meadow", "meer": "sea", "strand": "beach"},
    "es": {"un": "a", "una": "a", "calle": "street", "va": "goes", "el": "the", "la": "the", "los": "the", "las": "the", "dos": "two", "tres": "three", "y": "and",
           "corren": "run", "caminan": "walk", "nadan": "swim", "vuelan": "fly", "hacia": "to", "del": "of the", "corre": "runs", "camina": "walks", "nada": "swims", "vuela": "flies", "salta": "jumps", "sube": "rises", "cae": "falls",
           "por": "through", "en": "in", "sobre": "over", "detrás": "behind", "bosque": "forest", "ciudad": "city", "noche": "night",
           "nieve": "snow", "puente": "bridge", "playa": "beach", "mar": "sea", "izquierda": "left", "derecha": "right", "a": "to", "de": "of"},
    "it": {"un": "a", "una": "a", "uno": "a", "il": "the", "la": "the", "lo": "the", "due": "two", "tre": "three", "e": "and", "corre": "runs",
           "corrono": "run", "camminano": "walk", "nuotano": "swim", "volano": "fly", "verso": "to", "cammina": "walks", "nuota": "swims", "vola": "flies", "salta": "jumps", "sale": "rises", "cade": "falls", "nel": "in the",
           "nella": "in the", "sul": "on the", "sulla": "on the", "bosco": "forest", "foresta": "forest", "città": "city", "notte": "night",
           "neve": "snow", "ponte": "bridge", "spiaggia": "beach", "mare": "sea", "sinistra": "left", "destra": "right"},
    "pt": {"um": "a", "uma": "a", "o": "the", "a": "the", "dois": "two", "duas": "two", "três": "three", "e": "and", "corre": "runs",
           "anda": "walks", "nada": "swims", "voa": "flies", "salta": "jumps", "sobe": "rises", "cai": "falls", "na": "in the", "no": "in the",
           "sobre": "over", "floresta": "forest", "cidade": "city", "noite": "night", "neve": "snow", "ponte": "bridge", "praia": "beach",
           "mar": "sea", "esquerda": "left", "direita": "right"},
    "nl": {"een": "a", "het": "the", "de": "the", "twee": "two", "drie": "three", "en": "and", "rent": "runs", "loopt": "walks",
           "zwemt": "swims", "vliegt": "flies", "springt": "jumps", "door": "through", "over": "over", "in": "in", "bos": "forest",
           "stad": "city", "strand": "beach", "zee": "sea", "sneeuw": "snow", "nacht": "night", "naar": "to the", "links": "left", "rechts": "right"},
    "sv": {"en": "a", "ett": "a", "två": "two", "tre": "three", "och": "and", "springer": "runs", "går": "walks", "simmar": "swims",
           "flyger": "flies", "hoppar": "jumps", "i": "in", "på": "on", "över": "over", "genom": "through", "skogen": "the forest",
           "skog": "forest", "staden": "the city", "stranden": "the beach", "havet": "the sea", "snön": "the snow", "natten": "the night"},
    "da": {"en": "a", "et": "a", "to": "two", "tre": "three", "og": "and", "løber": "runs", "går": "walks", "svømmer": "swims",
           "flyver": "flies", "hopper": "jumps", "i": "in", "på": "on", "over": "over", "gennem": "through", "skoven": "the forest",
           "byen": "the city", "stranden": "the beach", "havet": "the sea", "sneen": "the snow", "natten": "the night"},
    "nb": {"en": "a", "et": "a", "to": "two", "tre": "three", "og": "and", "løper": "runs", "går": "walks", "svømmer": "swims",
           "flyr": "flies", "hopper": "jumps", "i": "in", "på": "on", "over": "over", "gjennom": "through", "skogen": "the forest",
           "byen": "the city", "stranden": "the beach", "havet": "the sea", "snøen": "the snow", "natten": "the night"},
    "pl": {"dwa": "two", "trzy": "three", "i": "and", "biegnie": "runs", "idzie": "walks", "płynie": "swims", "leci": "flies",
           "skacze": "jumps", "w": "in the", "na": "on the", "nad": "over the", "przez": "through the", "las": "forest", "lesie": "forest",
           "miastem": "city", "mieście": "city", "plaży": "beach", "morzem": "sea", "śniegu": "snow", "nocy": "night"},
    "ru": {"два": "two", "две": "two", "три": "three", "и": "and", "бежит": "runs", "бегут": "run", "идёт": "walks", "идет": "walks",
           "плывёт": "swims", "плывет": "swims", "летит": "flies", "летят": "fly", "прыгает": "jumps", "в": "in the", "по": "through the",
           "над": "over the", "через": "through the", "лесу": "forest", "лес": "forest", "городом": "city", "городе": "city", "пляже": "beach",
           "морем": "sea", "море": "sea", "снегу": "snow", "ночью": "at night", "направо": "to the right", "налево": "to the left"},
    "uk": {"два": "two", "дві": "two", "три": "three", "і": "and", "та": "and", "біжить": "runs", "йде": "walks", "пливе": "swims",
           "летить": "flies", "стрибає": "jumps", "в": "in the", "у": "in the", "по": "through the", "над": "over the", "через": "through the",
           "лісі": "forest", "лісом": "forest", "ліс": "forest", "містом": "city", "місті": "city", "морем": "sea", "снігу": "snow",
           "вночі": "at night", "праворуч": "to the right", "ліворуч": "to the left"},
}  # fmt: skip
# Scripts without spaces between words (Korean glues its particles on): what to look for anywhere in the text, by what it says.
SCRIPTS = {
    "ja": {"verb": {"走": "runs", "歩": "walks", "泳": "swims", "飛": "flies", "跳": "jumps", "踊": "dances", "落ち": "falls", "昇": "rises", "登": "rises"},
           "place": {"森": "in the forest", "海の中": "underwater", "水中": "underwater", "海": "by the sea", "街": "in the city", "町": "in the city",
                     "砂漠": "in the desert", "雪": "in the snow", "空": "in the sky", "宇宙": "in space", "橋": "on the bridge", "川": "by the river",
                     "夜": "at night", "夕": "at sunset", "雨": "in the rain"},
           "way": {"右から左": "from right to left", "左から右": "from left to right", "右へ": "to the right", "左へ": "to the left"},
           "count": {"二": 2, "2": 2, "三": 3, "3": 3}},
    "zh": {"verb": {"跑": "runs", "走": "walks", "游": "swims", "飞": "flies", "飛": "flies", "跳": "jumps", "舞": "dances", "落": "falls", "升": "rises"},
           "place": {"森林": "in the forest", "树林": "in the forest", "海里": "underwater", "水下": "underwater", "海边": "by the sea", "海": "by the sea",
                     "城市": "in the city", "沙漠": "in the desert", "雪": "in the snow", "天空": "in the sky", "太空": "in space", "桥": "on the bridge",
                     "橋": "on the bridge", "河": "by the river", "夜": "at night", "日落": "at sunset", "雨": "in the rain"},
           "way": {"从右到左": "from right to left", "从左到右": "from left to right", "從右到左": "from right to left", "從左到右": "from left to right",
                   "向右": "to the right", "向左": "to the left"},
           "count": {"两": 2, "兩": 2, "二": 2, "三": 3}},
    "ko": {"verb": {"달린": "runs", "달리": "runs", "걷": "walks", "걸어": "walks", "헤엄": "swims", "날아": "flies", "난다": "flies", "뛰": "jumps", "춤": "dances"},
           "place": {"숲": "in the forest", "바닷속": "underwater", "물속": "underwater", "바다": "by the sea", "도시": "in the city", "사막": "in the desert",
                     "눈": "in the snow", "하늘": "in the sky", "우주": "in space", "다리": "on the bridge", "강": "by the river", "밤": "at night"},
           "way": {"오른쪽에서 왼쪽": "from right to left", "왼쪽에서 오른쪽": "from left to right", "오른쪽으로": "to the right", "왼쪽으로": "to the left"},
           "count": {"두": 2, "세": 3}},
    "th": {"verb": {"วิ่ง": "runs", "เดิน": "walks", "ว่าย": "swims", "บิน": "flies", "กระโดด": "jumps"},
           "place": {"ป่า": "in the forest", "ใต้น้ำ": "underwater", "ทะเล": "by the sea", "เมือง": "in the city", "หิมะ": "in the snow", "กลางคืน": "at night"},
           "way": {"ไปทางขวา": "to the right", "ไปทางซ้าย": "to the left"}, "count": {"สอง": 2, "สาม": 3}},
}  # fmt: skip
# Endings to take off when a word is not in the table: plurals and cases, longest first.
ENDINGS = {"de": ("en", "er", "e", "n", "s"), "es": ("es", "s"), "pt": ("s",), "nl": ("en", "s"), "sv": ("en", "n", "ar", "er", "t"),
           "da": ("en", "er", "e"), "nb": ("en", "er", "a"), "fi": ("n", "t"), "hu": ("k",), "et": ("d",)}  # fmt: skip


def lookup(word: str, table: dict[str, str], language: str) -> str | None:
    """English for a word: as it stands, without its accents, or without an ending (then a noun in the plural)."""
    if said := table.get(word) or table.get(_strip(word)):
        return said
    for ending in ENDINGS.get(language, ()):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and (said := table.get(word[: -len(ending)])):
            return said + ("" if said.endswith("s") or language in ("sv", "da", "nb", "fi") else "s")
    if language == "it" and len(word) > 3:  # gatti, volpi, farfalle: the last vowel says how many
        return next((f"{table[word[:-1] + v]}s" for v in "oae" if word[:-1] + v in table), None)
    return None


def without_spaces(text: str, language: str, nouns: dict[str, str]) -> str:
    """English for a text in a script of SCRIPTS: its things, what they do, where and which way; "" if nothing is known."""
    known, text = SCRIPTS[language], text.lower()
    way, text = _take(text, known["way"])
    taken: list[tuple[int, str]] = []
    places: list[str] = []
    for name in sorted((n for n in nouns if n in text and nouns[n][-3:] != "ing"), key=lambda n: (-len(n), n)):
        if name in known["place"] or name in known["verb"] or len(name) == 1 and language == "ko":
            continue
        if (at := text.find(name)) >= 0:
            taken.append((at, nouns[name]))
            text = text.replace(name, "\0" * len(name))
    while (place := _take(text, known["place"]))[0]:
        places.append(place[0])
        text = place[1]
    verb, text = _take(text, known["verb"])
    count = next((n for word, n in known["count"].items() if word in text), 1)
    things = [english for _, english in sorted(taken)]
    if not (things or places):
        return ""
    number = {1: "a", 2: "two", 3: "three"}[count]
    who = " and ".join(f"{number if i == 0 else 'a'} {thing}{'s' if i == 0 and count > 1 else ''}" for i, thing in enumerate(things))
    verb = plural_verb(verb) if count > 1 or len(things) > 1 else verb
    said = " ".join(word for word in (who, verb, *places, way) if word)
    return said.replace("a a", "an a").replace("a e", "an e").replace("a o", "an o").replace("a i", "an i")


def _take(text: str, table: dict[str, str]) -> tuple[str, str]:
    """The longest word of the table in the text, in English, and the text without it; "" if there is none."""
    found = max((w for w in table if w in text), key=len, default=None)
    return ("", text) if found is None else (table[found], text.replace(found, "\0" * len(found), 1))


def _strip(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def plural_verb(verb: str) -> str:
    """ "gallops" to "gallop", "flies" to "fly", "goes after" to "go after"."""
    first, _, rest = verb.partition(" ")
    if first.endswith("ies"):
        first = first[:-3] + "y"
    elif first.endswith(("sses", "shes", "ches", "oes")):
        first = first[:-2]
    elif first.endswith("s") and not first.endswith("ss"):
        first = first[:-1]
    return f"{first} {rest}".strip()
