"""Which language a prompt is in, and its English: French by a glossary of film phrases, other languages noun by noun."""

from __future__ import annotations

import re
from functools import cache

from . import foreign, vocabulary

# Short words that only, or mostly, one language has.
STOPWORDS = {
    "en": "the a an is are and of to with at from on in over through it its runs walks",
    "fr": "le la les un une des du de et est dans sur sous avec vers au aux à qui puis il elle se l d son sa ses pendant en",
    "de": "der die das ein eine einen einem und ist im am auf mit über unter durch von nach zum zur",
    "es": "el la los las un una unos y es en con de del por sobre bajo hacia que se al",
    "it": "il lo la gli un una uno e è nel nella con di del della su sotto verso che si al",
    "pt": "o a os as um uma e é no na com de do da por sobre sob que se ao",
    "nl": "de het een en is op in met van naar over onder door aan",
    "pl": "i jest na w z do przez pod nad się oraz",
    "sv": "en ett och är på i med av till över under genom",
    "da": "en et og er på i med af til over under gennem",
    "nb": "en et og er på i med av til over under gjennom",
    "fi": "ja on yli ali läpi kohti",
    "hu": "egy az és a van fölött alatt át",
    "lt": "ir yra ant po per virš",
    "et": "ja on üle all läbi",
    "ms": "seekor sebuah di dan yang ke dari dengan",
    "vi": "một con và là trên dưới với của trong",
}
SCRIPTS = (  # (first, last, language) of a block of Unicode that decides by itself
    (0x3040, 0x30FF, "ja"), (0xAC00, 0xD7AF, "ko"), (0x4E00, 0x9FFF, "zh"), (0x0900, 0x097F, "hi"),
    (0x0980, 0x09FF, "bn"), (0x0E00, 0x0E7F, "th"), (0x0400, 0x04FF, "ru"),
)  # fmt: skip
FRENCH_DETERMINERS = set("un une le la les l des du d de deux trois son sa ses ce cette mon ma".split())
UKRAINIAN = set("іїєґІЇЄҐ")

# French words and phrases of film prompts that the training phrases do not have; longer ones win.
FRENCH = {
    # A trade in its usual, masculine form is anybody's: without these words it would show men alone.
    "agriculteur": "farmer", "fermier": "farmer", "chanteur": "singer", "cuisinier": "cook", "mécanicien": "mechanic", "étudiant": "student",
    "employé de bureau": "office worker", "policier": "police officer", "patron": "office worker", "ouvrier": "factory worker", "infirmier": "health worker",
    "informaticien": "technologist", "personne": "person",
    "de gauche à droite": "from left to right", "de droite à gauche": "from right to left", "vers la droite": "to the right",
    "vers la gauche": "to the left", "vers le haut": "upwards", "vers le bas": "downwards", "au coucher du soleil": "at sunset",
    "au lever du soleil": "at sunrise", "au clair de lune": "in the moonlight", "la nuit": "at night", "de nuit": "at night",
    "au-dessus de": "over", "au dessus de": "over", "au-dessus d": "over", "au dessus d": "over", "en dessous de": "under",
    "à travers": "through", "devant": "in front of", "derrière": "behind", "entre": "between", "près de": "near", "près d": "near",
    "à côté de": "next to", "le long de": "along", "le long d": "along", "au bord de": "by", "au bord d": "by", "autour de": "around",
    "et ressort": "and comes out again", "puis ressort": "and comes out again", "et réapparaît": "and comes out again",
    "se cache": "hides", "se cachent": "hide", "la caméra": "the camera", "caméra": "camera", "suit": "follows", "le suit": "follows it",
    "la suit": "follows it", "les suit": "follows them", "sous l'eau": "underwater", "sous la mer": "under the sea", "dans la mer": "in the sea",
    "dans la neige": "in the snow", "sur la neige": "across the snow", "enneigée": "snowy", "enneigé": "snowy", "enneigés": "snowy",
    "il neige": "it is snowing", "il pleut": "it is raining", "sous la pluie": "in the rain", "la forêt": "the forest", "forêt": "forest",
    "ville": "city", "rue": "street", "route": "road", "pont": "bridge", "plage": "beach", "montagne": "mountains", "montagnes": "mountains",
    "désert": "desert", "savane": "savanna", "une rose": "a rose", "la rose": "the rose", "deux roses": "two roses", "jungle": "jungle", "colline": "hill", "collines": "hills", "herbe": "grass", "village": "village", "sable": "sand", "prairie": "meadow", "pré": "meadow", "champ": "field", "parc": "park", "jardin": "garden", "rivière": "river",
    "fleuve": "river", "lac": "lake", "ferme": "farm", "ciel": "sky", "nuages": "clouds", "espace": "space", "mer": "sea", "océan": "ocean",
    "chambre": "bedroom", "salon": "living room", "cuisine": "kitchen", "neige": "snow", "pluie": "rain", "brouillard": "fog", "vent": "wind",
    "court": "runs", "courent": "run", "marche": "walks", "marchent": "walk", "nage": "swims", "nagent": "swim", "vole": "flies", "volent": "fly",
    "saute": "jumps", "sautent": "jump", "traverse": "crosses", "traversent": "cross", "roule": "drives", "roulent": "drive",
    "monte": "rises", "montent": "rise", "décolle": "takes off", "s'envole": "takes off", "s'élève": "rises", "descend": "falls",
    "tombe": "falls", "tombent": "fall", "rebondit": "bounces", "tourne": "circles", "tourne en rond": "circles", "danse": "dances",
    "dansent": "dance", "dort": "sleeps", "attend": "waits", "s'approche": "approaches", "s'éloigne": "leaves", "poursuit": "chases",
    "rencontre": "meets", "passe": "passes", "avance": "moves", "flotte": "floats", "plane": "glides through the air", "galope": "gallops", "glisse": "slides", "navigue": "sails", "naviguent": "sail",
    "un": "a", "une": "a", "des": "some", "deux": "two", "trois": "three", "quatre": "four", "le": "the", "la": "the", "les": "the", "l": "the",
    "du": "of the", "de": "of", "d": "of", "et": "and", "puis": "then", "dans": "in", "sur": "on", "sous": "under", "avec": "with",
    "vers": "towards", "au": "at the", "aux": "at the", "à": "at", "en": "in", "qui": "that", "il": "it", "elle": "it", "se": "", "son": "its",
    "rouge": "red", "roux": "red", "rousse": "red", "bleu": "blue", "bleue": "blue", "vert": "green", "verte": "green", "jaune": "yellow",
    "noir": "black", "noire": "black", "blanc": "white", "blanche": "white", "petit": "small", "petite": "small", "grand": "big",
    "grande": "big", "gros": "big", "grosse": "big", "vieux": "old", "vieille": "old", "jeune": "young", "joli": "pretty", "jolie": "pretty",
    "lentement": "slowly", "vite": "quickly", "rapidement": "quickly", "homme": "man", "femme": "woman", "enfant": "child", "garçon": "boy",
    "fille": "girl", "voiture": "car", "fusée": "rocket", "avion": "plane", "bateau": "boat", "vélo": "bike", "arbre": "tree", "maison": "house",
    "poulpe": "octopus", "pieuvre": "octopus", "renard": "fox", "papillon": "butterfly", "manchot": "penguin", "manchots": "penguins",
    "pingouin": "penguin", "pingouins": "penguins", "chien": "dog", "chat": "cat", "cheval": "horse", "chevaux": "horses", "oiseau": "bird",
    "oiseaux": "birds", "poisson": "fish", "poissons": "fish", "lapin": "rabbit", "souris": "mouse", "vache": "cow", "mouton": "sheep",
    "ours": "bear", "loup": "wolf", "éléphant": "elephant", "tortue": "turtle", "dauphin": "dolphin", "baleine": "whale", "requin": "shark",
    "train": "train", "fantôme": "ghost", "ballon": "ball", "montgolfière": "hot air balloon", "coupe": "cut to",
    "va vers la droite": "goes to the right", "va vers la gauche": "goes to the left", "la caméra va vers la droite": "the camera pans right",
    "la caméra va vers la gauche": "the camera pans left", "va": "goes", "vont": "go", "vers la caméra": "towards the camera",
    "au-dessus d une ville": "over a city", "au-dessus de la ville": "over the city", "canapé": "sofa", "lit": "bed", "mange": "eats", "joue": "plays",
    "regarde": "watches", "en courant": "running", "en volant": "flying", "en train de": "", "promène": "walks", "conduit": "drives",
    "court après": "chases", "courent après": "chase", "traverser": "cross", "traversant": "crossing", "volant": "flying", "nageant": "swimming",
    "courant": "running", "marchant": "walking", "grandes": "big", "grands": "big", "son chien": "its dog", "sa": "its", "ses": "its", "leur": "their",
    "leurs": "their", "mon": "my", "ma": "my", "ce": "this", "cette": "this", "quelques": "some", "plusieurs": "several", "mais": "but",
    "ou": "or", "soir": "evening", "matin": "morning", "nuit": "night", "jour": "day", "lune": "moon", "soleil": "sun", "étoile": "star",
    "étoiles": "stars", "eau": "water", "plan fixe": "fixed shot", "orange": "orange", "rose": "pink", "violet": "purple", "violette": "purple",
    "gris": "grey", "grise": "grey", "marron": "brown", "brun": "brown", "brune": "brown", "doré": "golden", "dorée": "golden",
    "mignon": "cute", "mignonne": "cute", "heureux": "happy", "heureuse": "happy", "triste": "sad", "beau": "beautiful", "belle": "beautiful",
    "dans la rue": "in the street", "gens": "people", "hors de": "out of", "hors d": "out of", "ensemble": "together", "tout": "all", "très": "very",
    "sorcière": "witch", "sorcier": "wizard", "roi": "king", "reine": "queen", "chevalier": "knight", "extraterrestre": "alien",
    "bébé": "baby", "grenouille": "frog", "canard": "duck", "cochon": "pig", "singe": "monkey", "canards": "ducks",
}  # fmt: skip

def words_of(text: str) -> list[str]:
    """Words, with elided articles parted ("l'eau" to "l", "eau"), and punctuation marks kept as words."""
    return re.findall(r"[^\W_]+(?:-[^\W_]+)*|[.,;:!?]", text.lower().replace("’", "'").replace("'", " "))


def detect(text: str) -> str:
    """The language of a prompt, as a code of emojibase; "en" when nothing speaks for another."""
    counts: dict[str, float] = {}
    for character in text:
        for first, last, language in SCRIPTS:
            if first <= ord(character) <= last:
                language = "ja" if language == "zh" and counts.get("ja") else language
                counts[language] = counts.get(language, 0) + 1
    if counts:
        best = "ja" if "ja" in counts else max(counts, key=counts.get)
        return "uk" if best == "ru" and UKRAINIAN & set(text) else best
    words = words_of(text)
    scores = {lang: sum(w in set(stop.split()) for w in words) for lang, stop in STOPWORDS.items()}
    nouns = {lang: sum(w in known for w in words) for lang, known in noun_words().items() if lang in scores}
    scores = {lang: 2 * score + nouns.get(lang, 0) + (0.5 if lang == "en" else 0) for lang, score in scores.items()}
    best = max(scores, key=scores.get)
    if scores["en"] < 1 <= scores[best]:  # no English word at all
        return best
    return best if scores[best] > max(scores["en"], 1) else "en"


@cache
def noun_words() -> dict[str, dict[str, str]]:
    """Language to {name of an object in lower case: its English label}. Of several objects with one name the plainest
    wins: the one whose English label is shortest ("dog", not "dog face"), a label before a tag."""
    tables: dict[str, dict[str, tuple[bool, int, str]]] = {}
    for spoken in vocabulary.names().values():
        if not spoken.get("en"):
            continue
        english = spoken["en"][0]
        for lang, known in spoken.items():
            table = tables.setdefault(lang, {})
            for rank, name in enumerate(known):
                entry = (rank > 0, len(english), english)
                table[name.lower()] = min(table.get(name.lower(), entry), entry)
    return {lang: {name: entry[2] for name, entry in table.items()} for lang, table in tables.items()}


@cache
def french_longest() -> int:
    return max(map(len, french_phrases()))


@cache
def french_phrases() -> dict[tuple[str, ...], str]:
    """French words in a row to English: film phrases, then the words above, then the library's labels."""
    table: dict[tuple[str, ...], str] = {}
    for spoken in vocabulary.names().values():
        if spoken.get("fr") and spoken.get("en"):
            key = tuple(words_of(spoken["fr"][0]))
            table.setdefault(key, spoken["en"][0])
    for kind, values in vocabulary.phrases().items():
        if kind in ("count", "size"):
            continue
        for said in values.values():
            for french in said["fr"]:
                if french and "{}" not in french:
                    table[tuple(words_of(french))] = said["en"][0]
    for french, english in FRENCH.items():
        table[tuple(words_of(french))] = english
    return table


def stems(word: str) -> list[str]:
    """Simpler forms of a French word to try: singular, masculine."""
    forms = [word]
    for ending, other in (("aux", "al"), ("eaux", "eau"), ("s", ""), ("x", ""), ("es", ""), ("e", ""), ("nt", ""), ("ent", "e")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            forms.append(word[: -len(ending)] + other)
    return forms


def to_english(text: str, language: str) -> str:
    """An English prompt with the same nouns and, for French, the same motions, places and camera."""
    if language == "en":
        return text
    if language == "fr":
        return _french(text)
    if language in foreign.SCRIPTS:
        marks = {word: word for word in re.findall(r"zq\d+q", text)}  # the user's characters, see references.py
        return foreign.without_spaces(text, language, noun_words().get(language, {}) | marks) or text
    table = {n: e for n, e in noun_words().get(language, {}).items() if not e.endswith("ing")} | foreign.OTHERS.get(language, {})
    return with_articles(" ".join(foreign.lookup(w, table, language) or w for w in words_of(text)))


def with_articles(text: str) -> str:
    """ "a octopus" to "an octopus", and no space before a mark."""
    return re.sub(r"\ba (?=[aeio])", "an ", re.sub(r" ([.,;:!?])", r"\1", text))


def _french(text: str) -> str:
    words, table, tags = words_of(text), french_phrases(), noun_words().get("fr", {})
    out, i = [], 0
    while i < len(words):
        for n in range(min(french_longest(), len(words) - i), 0, -1):
            key = tuple(words[i : i + n])
            options = [key] if n > 1 else [(form,) for form in stems(words[i])]
            hit = next((table[o] for o in options if o in table), None)
            if hit is None and n == 1 and i and words[i - 1] in FRENCH_DETERMINERS:
                hit = next((tags[o] for (o,) in options if o in tags), None)
            if hit is not None:
                if n == 1 and (words[i],) not in table:  # an inflected form of the word that the table has
                    if words[i].endswith("nt"):
                        hit = foreign.plural_verb(hit)
                    elif words[i].endswith(("s", "x")) and not hit.endswith("s") and hit not in vocabulary.COLOURS:
                        hit = {"child": "children", "man": "men", "woman": "women", "mouse": "mice"}.get(hit, hit + "s")
                out.append(hit)
                i += n
                break
        else:
            out.append(words[i])
            i += 1
    english = " ".join(w for w in out if w)
    # French puts the adjective after its noun.
    after = "|".join(sorted(vocabulary.COLOURS | {"snowy"}))
    english = re.sub(rf"\b(a|the|its|two|three|some) ([\w-]+) ({after})\b", r"\1 \3 \2", english)
    return with_articles(english)
