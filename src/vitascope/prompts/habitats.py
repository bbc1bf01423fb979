"""Where things live that the casting tables place too broadly, and who plays when a prompt names nobody."""

# Kinds of scene, and the things (words of their labels, hyphens for spaces) that are at home there. The first that fits holds.
HOMES = (
    ("underwater", "fish tropical-fish blowfish shark dolphin whale spouting-whale octopus squid jellyfish shrimp lobster "
                   "coral seal mermaid merman scuba submarine"),
    ("desert", "camel two-hump-camel cactus scorpion llama lizard dromedary pyramid"),
    ("mountains", "penguin polar-bear mammoth goat ram yeti skier snowboarder mountain eagle sled ski snowflake bison sun moon "
                  "full-moon rainbow snow-capped-mountain volcano"),
    ("space", "rocket flying-saucer satellite planet ringed-planet astronaut alien-monster alien comet star glowing-star earth "
              "globe ufo milky-way spaceship"),
    ("sky", "tornado cyclone airplane helicopter parachute hot-air-balloon cloud kite small-airplane"),
    ("river", "duck swan frog beaver otter crocodile hippopotamus canoe dragonfly goose salmon bathtub flamingo"),
    ("beach", "crab sailboat ship motor-boat ferry surfer surfing turtle palm-tree umbrella-on-ground shell anchor speedboat boat passenger-ship "
              "island parrot oyster water-wave"),
    ("street", "automobile car taxi bus truck delivery-truck motorcycle racing-car police-car ambulance fire-engine scooter "
               "oncoming-automobile sport-utility-vehicle pickup-truck trolleybus minibus motor-scooter bicycle tractor"),
    ("bridge", "locomotive train bullet-train tram railway-car high-speed-train metro monorail"),
    ("forest", "fox wolf deer bear owl hedgehog badger squirrel chipmunk raccoon boar moose skunk mushroom leopard tiger gorilla "
               "orangutan monkey sloth snake koala panda unicorn dragon wood elf fairy troll ogre bat spider evergreen-tree gnome"),
    ("meadow", "lion zebra giraffe elephant rhinoceros cow horse ewe sheep pig ox water-buffalo rabbit kangaroo butterfly bee honeybee "
               "castle japanese-castle house hut derelict-house wedding tent ladybug chicken rooster turkey sunflower tulip bug beetle snail ant cricket lamb barn T-Rex sauropod t-rex dinosaur"),
    ("park", "dog poodle guide-dog service-dog squirrel bench fountain playground-slide soccer-ball ball basketball balloon snowman "
             "ferris-wheel umbrella umbrella-with-rain-drops closed-umbrella droplet fire thermometer carousel-horse children child baby girl boy dove peacock hamster guinea-pig teddy-bear"),
    ("room park", "cat black-cat mouse couch bed chair television clock lamp book piano guitar violin"),
    ("city", "robot superhero supervillain office-building fireworks statue-of-liberty tokyo-tower"),
)  # fmt: skip
NIGHT = "full-moon crescent-moon moon owl bat ghost fireworks glowing-star shooting-star vampire firefly zombie jack-o-lantern"
SNOW = "penguin polar-bear snowman snowman-without-snow skier snowboarder mammoth sled yeti Christmas-tree christmas-tree ski snowflake santa-claus"
# Prompts that name nobody, whatever their words would mean elsewhere.
VAGUE = (r"(?:(?:show|give|tell|make|surprise|amuse|entertain) (?:me|us)\b ?)*(?:(?:with )?(?:some|any)(?:thing|one|body)(?: really| very)?(?: \w+)?"
         r"|surprise(?: me| us)?|whatever(?: you (?:like|want))?|quelque chose(?: (?:de |d['’ ]))?(?:très )?\w*|n['’ ]importe quoi"
         r"|(?:irgend)?etwas(?: \w+)?|algo(?: \w+)?|qualcosa(?: di)?(?: \w+)?|an? (?:video|film|clip|movie|animation)|une? (?:vidéo|film))")
# Who plays when nobody is named: by words of the prompt that say how it should feel, and otherwise.
MOODS = {
    "funny fun laugh hilarious silly comic joke crazy weird drôle rigolo": "monkey penguin duck frog robot octopus",
    "cute sweet adorable kawaii mignon lovely": "panda rabbit hamster dog cat koala",
    "scary spooky creepy horror dark terrifying peur effrayant": "ghost bat spider zombie",
    "magic fantasy dream fairy wonder magique rêve": "unicorn dragon butterfly",
    "sci-fi future robot space alien cyber futur": "robot rocket flying-saucer",
    "epic action fast exciting power": "dragon T-Rex racing-car horse",
    "calm peaceful relaxing quiet zen calme": "butterfly turtle swan",
}
STARS = "fox elephant rabbit butterfly turtle horse penguin dolphin"
