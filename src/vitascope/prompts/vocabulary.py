"""The words that a prompt is read with: phrases shared with the training captions, and tables of English film words."""

from __future__ import annotations

import gzip
import json
import re
from functools import cache

from vitascope.library import ASSETS

# How the words of a prompt name scenes. A pattern counts where a place can stand: after a preposition, a verb or "the".
SCENES = {
    "underwater": r"under ?water|under the (?:sea|ocean|waves)|(?:coral )?reef|sea ?bed|ocean floor|(?:in|through|into|at the bottom of) the (?:deep )?(?:blue )?(?:sea|ocean|water|deep)",
    "forest": r"forests?|woods|woodland|jungle|rainforest|taiga|among the trees|between (?:tall )?trees",
    "desert": r"deserts?|(?:sand )?dunes?|sahara|wasteland",
    "beach": r"beach(?:es)?|seaside|sea ?shore|shore|coast|sand|by the sea|over the (?:sea|ocean)|on the (?:sea|ocean|waves)|sea|ocean",
    "city": r"cit(?:y|ies)(?: skyline| lights| centre| center)?|skylines?|down ?town|skyscrapers?|metropolis|rooftops?",
    "street": r"streets?|roads?|highway|avenue|alley|villages?|towns?|track|race ?track|crossing",
    "mountains": r"mountains?|alps|peaks?|summits?|valley|hills?|glacier|antarctica?|arctic|north pole|south pole|ice|volcano",
    "sky": r"sk(?:y|ies)|clouds|mid ?air|in the air",
    "space": r"(?:outer )?space|galax(?:y|ies)|cosmos|universe|stars and planets|orbit|among the stars|the milky way",
    "room": r"rooms?|kitchen|bedroom|living room|bathroom|office|classroom|indoors|inside (?:a|the) house|table|floor|carpet|stage",
    "bridge": r"bridges?|viaduct",
    "park": r"(?:path of a )?park|parks|gardens?|playground|backyard|lawn",
    "river": r"rivers?|lakes?|ponds?|streams?|canal|waterfall|swamp",
    "farm": r"farms?|barn|farmyard|wheat ?fields?|corn ?fields?|crops",
    "meadow": r"(?:rolling )?(?:green|grassy|rolling) hills|meadows?|fields?(?: of flowers)?|grass(?:land)?|prairie|savann?ah?|countryside|pasture|steppe|plains|hillside",
    "plain": r"(?:plain|white|simple|neutral|empty) background|backdrop|studio",
}  # fmt: skip
TIMES = {
    "sunset": r"(?:at |in the |during the )?(?:sunset|dusk|evening|twilight|golden hour)|as the sun (?:goes down|sets)|setting sun",
    "night": r"(?:at |by |in the |during the |one )?(?:night(?:time)?|midnight|moon ?light|dark(?:ness)?)|under (?:the |a )?(?:stars|starry sky|moon|full moon)|starry",
    "dawn": r"(?:at |in the |during the )?(?:early )?(?:dawn|sunrise|daybreak|morning)(?: light)?|rising sun",
    "day": r"(?:at |by |in |during the |on a |in broad )?(?:sunny day|bright day|daylight|day ?time|noon|midday|afternoon|sunshine|sunny)|by day|during the day|(?:in|under) the sun",
}  # fmt: skip
WEATHERS = {
    "rain": r"(?:in the |under the |heavy |while it |it is )?(?:rain(?:s|ing|y)?|storm(?:y)?|thunderstorm|drizzle|downpour)(?: weather)?|on a (?:rainy|stormy) day",
    "snow": r"(?:while it |it is |it )(?:snows|snowing)|snow ?fall(?:s|ing)?|falling snow|snow ?storm|blizzard|snow ?flakes(?: fall)?|snow falls|snow is falling",
    "fog": r"(?:in the |in |thick |it is )?(?:fog(?:gy)?|mist(?:y)?|haz[ey])(?: weather)?",
    "wind": r"(?:in the |strong |on a )?(?:wind(?:y)?|breeze|gale)(?: day)?|leaves (?:blow|fly) in the wind",
    "clear": r"(?:under a |in )?clear (?:sky|weather)|fine weather|blue sky",
}  # fmt: skip
GROUNDS = {
    "snowy": r"snowy|snow-?covered|(?:in|on|across|through|over|into) (?:the )?(?:deep |fresh |white )?snow|in winter|wint(?:er|ry)|icy|frozen|white with snow|snow",
    "autumn": r"(?:in )?autumn(?:al)?|(?:in )?fall colou?rs|autumn leaves",
}  # fmt: skip
STYLES = {
    "3d": r"(?:in )?(?:a )?(?:glossy )?3-?d(?: (?:style|render(?:ing)?|animation|cartoon))?|three-dimensional(?: style)?|fluent style",
    "flat": r"flat (?:illustration|vector|design|style)(?: style)?|(?:in a )?(?:flat|vector) style|minimal flat style|minimalist(?: style)?",
    "noto": r"(?:rounded )?cartoon(?: drawing| style)?(?: with soft shading)?|noto style",
    "twemoji": r"(?:simple )?emoji style|(?:bold )?sticker (?:style|drawing)|twemoji style",
    "clipart": r"clip ?art(?: drawing| style)?|hand-drawn",
}  # fmt: skip
CAMERAS = (  # the first that fits the clause about the camera
    ("follow", r"follow|track(?:s|ing)|keeps"),
    ("zoom in", r"zoom\w* in|push\w* in|dolly in|moves? (?:closer|in|forward)|close-?up|comes? closer|zooms?$"),
    ("zoom out", r"zoom\w* out|pull\w* (?:back|out|away)|dolly out|moves? (?:back|away|out)|recedes"),
    ("orbit", r"orbit|circles?|circling|turns? around|moves? around|rotates?|spins?|arc shot"),
    ("shake", r"shak|hand-?held|trembl|wobbl"),
    ("pan right", r"left to (?:the )?right"),  # where it goes, not whence
    ("pan left", r"right to (?:the )?left|\bleft"),
    ("pan right", r"\bright"),
    ("tilt up", r"\bup\b|upwards?|rises?|cranes? up"),
    ("tilt down", r"\bdown\b|downwards?|lowers?|cranes? down"),
    ("still", r"still|static|fixed|not move|locked|steady|stationary|doesn't move|motionless"),
)
CAMERA_CLAUSE = (
    r"(?:,|;|and|while|as|with)?\s*(?:the |a |an )?(?:slow(?:ly)? |smooth |steady |gentle )?"
    r"(?:\b(?:camera|lens|viewpoint|the view|the shot)\b[^,.;]*|\bzoom(?:s|ing)?(?: slowly)? (?:in|out)\b(?: on| onto| of| from)?"
    r"|\bpan(?:s|ning)?(?: slowly)? (?:to the )?(?:left|right)\b|\btilt(?:s|ing)? (?:up|down)\b"
    r"|\b(?:tracking|orbit(?:ing)?|static|fixed|handheld|shaky(?: handheld)?|locked-off|arc|dolly) (?:shot|camera)\b(?: of)?|\bclose-?up\b(?: of)?)"
)
DIRECTIONS = {
    "right": r"(?:from )?(?:the )?left to (?:the )?right|(?:to|towards?) the right|rightwards?|from the left(?: side)?\b(?! to)",
    "left": r"(?:from )?(?:the )?right to (?:the )?left|(?:to|towards?) the left|leftwards?|from the right(?: side)?\b(?! to)",
    "up": r"upwards?|straight up|into the air|to the top|into the sky",
    "down": r"downwards?|straight down|to the ground|to the bottom",
    "towards": r"towards? (?:the camera|us|the viewer)|closer",
    "away": r"into the distance|away(?: from (?:the camera|us))?|to the horizon",
}
# Verbs by stem: (pattern, motion, gait). The first that fits the words after a subject decides.
VERBS = (
    (r"hid(?:es?|ing)|disappear\w* behind|(?:goes|going|go|pass(?:es|ing)?|mov(?:es|ing)|walks?|runs?|flies) behind", "hides", None),
    (r"follow\w*|chas(?:es?|ing)|(?:runs?|goes|swims?|flies) (?:after|behind)|trail\w*", "follows", None),
    (r"meet(?:s|ing)?|met|fight\w*|fought|battl\w*|greet\w*|walks? up to|comes? to meet", "meets", None),
    (r"ris(?:es?|ing)|takes? off|lift\w*(?: off)?|climb\w*|launch\w*|ascend\w*|soar\w*|blasts? off|goes up|floats? up\w*|flies up", "rises", None),
    (r"fall(?:s|ing)?|drop(?:s|ping)?|descend\w*|land(?:s|ing)|sink\w*|comes? down|sets|tumbl\w*|dives?|diving", "falls", None),
    (r"bounc\w*|(?:jump|hop|leap)(?:s|ing|ping)?(?: up and down| on the spot)|juggl\w*|danc\w*", "bounces", None),
    (r"circl\w*|spin(?:s|ning)?|orbit\w*|goes? (?:a)?round|loops?|whirl\w*|turns? in circles?", "circles", None),
    (r"approach\w*|comes? (?:closer|towards?|to us|near)|gets? closer|(?:walks?|runs?|moves?|drives?|flies|swims?) towards? (?:us|the camera|the viewer)", "approaches", None),
    (r"leav(?:es?|ing)|goes? away|disappears? (?:in|into) the distance|(?:walks?|runs?|drives?|flies|moves?|swims?|sails?|rides?) (?:away|off|into the distance)|vanish\w*|departs?", "leaves", None),
    (r"wait(?:s|ing)?|paus\w*|hesitat\w*", "waits", None),
    (r"gallop\w*|runs?|ran|running|sprint\w*|dash\w*|rac(?:es?|ing)|rush\w*|hurr(?:ies|ying)", "crosses", "run"),
    (r"walk\w*|stroll\w*|wander\w*|trot\w*|march\w*|crawl\w*|waddl\w*|slither\w*|sneak\w*|creep\w*|strut\w*|prowl\w*", "crosses", "walk"),
    (r"hop(?:s|ping)?|jump(?:s|ing)?|leap(?:s|ing)?|bound(?:s|ing)", "crosses", "hop"),
    (r"fl(?:y|ies|ying|ew)|flutter\w*|flap\w*|glid\w* through the air", "crosses", "fly"),
    (r"swim\w*|swam|paddl\w*|div(?:es|ing)", "crosses", "swim"),
    (r"sail\w*", "crosses", "swim"),
    (r"driv(?:es|ing)|roll(?:s|ing)?|speed\w*|skat\w*|ski(?:s|ing)?|cycl\w*", "crosses", "roll"),
    (r"float\w*|hover\w*|drift\w*", "crosses", "hover"),
    (r"cross(?:es|ing)?|rid(?:es?|ing)|travels?|travelling|mov(?:es?|ing)|goes|going|go|pass(?:es|ing)?|slid(?:es|ing)|glid(?:es|ing)|swing\w*|travers\w*|journey\w*|explor\w*", "crosses", None),
    (r"stand\w*|sit(?:s|ting)?|sleep\w*|rest(?:s|ing)?|stay\w*|lies|lying|looks?|looking|eats?|eating|smil\w*|watch\w*|is|are|sways?|grow\w*|burn\w*|shin\w*", "stands", None),
)  # fmt: skip
NUMBERS = {"a": 1, "an": 1, "one": 1, "the": 1, "two": 2, "2": 2, "three": 3, "3": 3, "pair": 2, "couple": 2, "several": 3, "some": 2,
           "many": 3, "four": 3, "five": 3, "group": 3, "flock": 3, "herd": 3, "both": 2, "few": 3}  # fmt: skip
DETERMINERS = set(NUMBERS) | {"his", "her", "its", "their", "my", "your", "this", "that", "another", "each", "every", "no", "these", "those"}
COLOURS = set("red orange yellow green blue purple violet pink brown black white grey gray golden silver dark bright light colourful colorful".split())
ADJECTIVES = COLOURS | set(
    "photorealistic realistic cinematic epic detailed stunning small little tiny big large huge giant old young cute funny happy sad lonely baby tall short fast slow quick lazy wild brave "
    "friendly beautiful pretty fluffy furry shiny glossy snowy wooden magic magical angry hungry sleepy fat thin round long great "
    "lovely majestic playful curious adorable single lone vintage modern ancient toy steam".split()
)
# Words that the library's tags would take for things, but that in a prompt are something else.
NEVER = set(
    "and or but of to in on at by with from into onto over under through across along behind before after above below near next "
    "while as then when where who that which it its he she they we i you us them is are was were be been being has have do does "
    "not no very again out up down left right top bottom side back front slowly quickly gently fast slow camera scene video film "
    "movie clip shot image picture animation style background light dark day night morning evening sunset sunrise dawn dusk rain "
    "snow wind fog weather sky space water sea ocean air ground way distance place spot spring winter summer autumn fall round "
    "off on away together around past toward towards between among against during until like just only more most all both other "
    "two three one four five first second last end start time moment go goes come comes run runs walk walks fly flies swim swims "
    "jump jumps hide hides rise rises rising cross crosses move moves turn turns wait waits meet meets follow follows look looks "
    "watch play plays playing sit sits stand stands sleep sleeps eat eats drive drives ride rides roll rolls float floats hop hops bounce "
    "bounces circle circles leave leaves approach approaches fall falls falling drop drops climb climbs dance dances sing sings smile "
    "smiles love open close cut high low full half new old good bad best world people's quiet calm peaceful silent loud spooky scary strange".split()
) | COLOURS | {"big", "small", "little", "cute", "happy", "sad", "magic", "fast", "cold", "hot", "wild", "giant", "baby"}
# What a word means first, where labels and tags alone would be unsure; values are labels of the library, best first.
MEANINGS = {
    # The one drawing that bears the word shows a white woman; the emoji's shows nobody's sex or skin (see `vitascope redteam --only bias`).
    "doctor": ["health worker"], "nurse": ["health worker"], "physician": ["health worker"], "chemist": ["scientist"], "architect": ["office worker"], "boss": ["office worker"],
    "retriever": ["dog"], "golden retriever": ["dog"], "labrador": ["dog"], "bulldog": ["dog"], "corgi": ["dog"],
    "chihuahua": ["dog"], "terrier": ["dog"], "german shepherd": ["dog"], "pug": ["dog"],
    "tabby": ["cat"], "ball of yarn": ["yarn"],
    "puppy": ["dog"], "doggy": ["dog"], "hound": ["dog"], "kitten": ["cat"], "kitty": ["cat"], "bunny": ["rabbit"], "hare": ["rabbit"],
    "pony": ["horse"], "stallion": ["horse"], "mare": ["horse"], "foal": ["horse"], "lamb": ["ewe"], "sheep": ["ewe"], "calf": ["cow"],
    "piglet": ["pig"], "bull": ["ox"], "chick": ["baby chick"], "hen": ["chicken"], "robin": ["bird"],
    "sparrow": ["bird"], "crow": ["black bird", "bird"], "raven": ["black bird", "bird"], "hawk": ["eagle"], "falcon": ["eagle"],
    "pigeon": ["dove"], "squid": ["squid"], "insect": ["beetle", "bug"], 
    "caterpillar": ["bug"], "worm": ["worm", "bug"], "whale": ["spouting whale", "whale"],
    "orca": ["whale"], "fox": ["fox"], "bear": ["bear"], "lion": ["lion"], "monkey": ["monkey"], "ape": ["gorilla"], "donkey": ["donkey"],
    "reindeer": ["deer"], "stag": ["deer"], "moose": ["moose"], "elk": ["deer"], "dinosaur": ["sauropod", "T-Rex"], "t-rex": ["T-Rex"],
    "car": ["automobile"], "sedan": ["automobile"], "suv": ["sport utility vehicle"],
    "cab": ["taxi"], "lorry": ["articulated lorry"], "truck": ["delivery truck", "articulated lorry"], "motorbike": ["motorcycle"],
    "bike": ["bicycle"], "scooter": ["motor scooter"], "train": ["locomotive", "train"], "steam train": ["locomotive"],
    "locomotive": ["locomotive"], "bullet train": ["bullet train"], "tram": ["tram car", "tram"], "ship": ["ship"], "boat": ["sailboat"],
    "yacht": ["sailboat"], "plane": ["airplane"], "aeroplane": ["airplane"], "jet": ["airplane"],
    "aircraft": ["airplane"], "spaceship": ["rocket", "flying saucer"], "spacecraft": ["rocket"], "ufo": ["flying saucer"],
    "balloon": ["balloon"], "tree": ["deciduous tree"], "oak": ["deciduous tree"], "pine": ["evergreen tree"],
    "fir": ["evergreen tree"], "pine tree": ["evergreen tree"], "christmas tree": ["Christmas tree"], "bush": ["potted plant"], "flower": ["sunflower", "blossom"],
    "rose": ["rose"], "house": ["house"], "home": ["house"], "hut": ["hut"], "castle": ["castle"],
    "tower": ["Tokyo tower", "Eiffel tower"], "rock": ["rock"], "stone": ["rock"], "boulder": ["rock"],
    "box": ["package"], "crate": ["package"], "ball": ["soccer ball"], "football": ["soccer ball"], "man": ["man walking"],
    "woman": ["woman walking"], "boy": ["boy", "man walking"], "girl": ["girl", "woman walking"], "person": ["person walking"], "child": ["child"], "kid": ["child"],
    "people": ["person walking"], "pedestrian": ["person walking"], "runner": ["person running"], 
    "dancer": ["woman dancing"], "swimmer": ["person swimming"], "surfer": ["person surfing"], 
    "skier": ["skier"], "snowboarder": ["snowboarder"], "knight": ["person fencing"], "king": ["prince"], "queen": ["princess"],
    "wizard": ["mage"], "witch": ["woman mage"], "astronaut": ["astronaut"], "alien": ["alien monster"], "monster": ["alien monster", "ogre"],
    "snowman": ["snowman without snow", "snowman"], "moon": ["full moon"], "sun": ["sun"], "star": ["star"], "planet": ["ringed planet"],
    "cloud": ["cloud"], "apple": ["red apple"], "bread": ["bread"], "cake": ["birthday cake"],
    "coffee": ["hot beverage"], "phone": ["mobile phone"], "computer": ["laptop"], "eagle": ["eagle"], "parrot": ["parrot"], "toad": ["frog"],
    "frog": ["frog"], "seal": ["seal"], "polar bear": ["polar bear"], "panda": ["panda"], "teddy bear": ["teddy bear"],
    "teddy": ["teddy bear"], "superhero": ["superhero"], "mermaid": ["mermaid"], "firetruck": ["fire engine"], "fire truck": ["fire engine"],
    "police car": ["police car"], "racing car": ["racing car"], "race car": ["racing car"], "candle": ["candle"], "bee": ["bee", "honeybee"], "duckling": ["baby chick"], "sofa": ["couch and lamp"], "couch": ["couch and lamp"], "samurai": ["ninja"],
    "rhino": ["rhinoceros"], "hippo": ["hippopotamus"], "kitty cat": ["cat"], "cop": ["police officer"], "policewoman": ["woman police officer"], "lantern": ["red paper lantern"],
}  # fmt: skip
# The deeds that the library has people for: stem to the form in the label ("man swimming").
DOING = {"run": "running", "jog": "running", "walk": "walking", "stroll": "walking", "swim": "swimming", "danc": "dancing",
         "surf": "surfing", "climb": "climbing", "juggl": "juggling", "kneel": "kneeling", "stand": "standing", "golf": "golfing",
         "bik": "biking", "cycl": "biking", "cartwheel": "cartwheeling", "bow": "bowing"}  # fmt: skip
PLURALS = {"men": "man", "women": "woman", "children": "child", "people": "person", "mice": "mouse", "wolves": "wolf", "geese": "goose",
           "sheep": "sheep", "deer": "deer", "fish": "fish", "feet": "foot", "leaves": "leaf", "oxen": "ox", "kids": "child",
           "penguins": "penguin", "foxes": "fox", "octopuses": "octopus", "octopi": "octopus", "butterflies": "butterfly",
           "calves": "calf", "elves": "elf", "knives": "knife", "loaves": "loaf", "buses": "bus", "taxis": "taxi", "zombies": "zombie", "cookies": "cookie", "genies": "genie", "selfies": "selfie", "pies": "pie", "ties": "tie",
            "heroes": "hero", "skies": "sky"}  # fmt: skip


@cache
def phrases() -> dict:
    """Category to value to {"en": [...], "fr": [...]}: the wordings of the training captions."""
    return json.loads((ASSETS / "prompts" / "phrases.json").read_text(encoding="utf-8"))


@cache
def names() -> dict[str, dict[str, list[str]]]:
    """Object to language to [label, tag, ...]."""
    with gzip.open(ASSETS / "library" / "names.json.gz", "rt", encoding="utf-8") as file:
        return json.load(file)


def singular(word: str) -> str:
    """An English noun in the singular, by rule."""
    if word in PLURALS:
        return PLURALS[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if re.search(r"(?:ch|sh|x|ss|z|o)es$", word):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
