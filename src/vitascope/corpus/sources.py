"""Every source that anything here was drawn, trained or tested with: where from, whose, under which licence, for what."""

from __future__ import annotations

from dataclasses import dataclass

ALLOWED = frozenset(
    {"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "CC-BY-3.0", "CC-BY-4.0", "CC0-1.0", "public domain"}
)


def check_licence(item: str, licence: str) -> None:
    """Raise ValueError for an item whose licence is not on the list: share-alike, GPL, unstated."""
    if licence not in ALLOWED:
        raise ValueError(f"{item} is under {licence or 'no stated licence'}, which is not allowed here: leave it out.")


@dataclass(frozen=True)
class Source:
    """One archive of a package registry. `registry` is npm, PyPI or Debian; `group` says which fetch brings it.

    Raises ValueError for a licence that is not allowed.
    """

    key: str
    registry: str
    package: str
    version: str
    archive: str  # file name that the client writes
    sha256: str
    licence: str
    author: str
    credit: str
    url: str
    use: str
    group: str = "core"

    def __post_init__(self):
        check_licence(self.name, self.licence)

    @property
    def name(self) -> str:
        """How rows of the ledger call it: "npm:@iconify-json/noto@1.2.9"."""
        return f"{self.registry.lower()}:{self.package}@{self.version}"


def _npm(key, package, version, sha256, licence, author, url, use, group="core") -> Source:
    archive = f"{package.lstrip('@').replace('/', '-')}-{version}.tgz"
    credit = f"© {author}, {licence}"
    return Source(key, "npm", package, version, archive, sha256, licence, author, credit, url, use, group)


FLUENT = "https://github.com/microsoft/fluentui-emoji"
PICTURES = "pictures of the reference library; training scenes"
SOURCES = (
    _npm("fluent-3d", "@lobehub/fluent-emoji-3d", "1.1.0",
         "c1bb7eee7de090205a232518a9ab4adb3df458bfbe8a1f78232991194c8b2e58",
         "MIT", "Microsoft", FLUENT, PICTURES),
    _npm("fluent-flat", "@iconify-json/fluent-emoji-flat", "1.2.6",
         "7d064769dee690815f823bc5bcc511d957198caf9f5edd8dd9c1aa48a6aeb175",
         "MIT", "Microsoft", FLUENT, PICTURES),
    _npm("noto", "@iconify-json/noto", "1.2.9",
         "3e918d88fc945c0bb3d468dbace6f88caef67f01c9f0e7bcae0915a042e8f1ad",
         "Apache-2.0", "Google", "https://github.com/googlefonts/noto-emoji", PICTURES),
    _npm("twemoji", "@iconify-json/twemoji", "1.2.5",
         "19046dff7d8707ce96212ec86468b36ac5f8e60409629dd13f809265c6d0ebb7",
         "CC-BY-4.0", "Twitter and jdecked", "https://github.com/jdecked/twemoji", PICTURES),
    _npm("emojibase", "emojibase-data", "17.0.0",
         "d01d0e2ca4e22cb402679532155342c71e2e871f25c32223c013b8b166ebdf5a",
         "MIT", "Miles Johnson", "https://emojibase.dev", "names and keywords in 28 languages"),
    _npm("weather-icons", "@bybas/weather-icons", "2.0.0",
         "253a95053f54bd85f5274c66f36707d76ab1f93af24f026832be27ce6c8642f9",
         "MIT", "Bas Milius", "https://bas.dev/work/meteocons", "fetched for later use; nothing is drawn from it yet"),
    Source("openclipart", "Debian", "openclipart-svg", "1:0.18+dfsg-19", "openclipart-svg_1%3a0.18+dfsg-19_all.deb",
           "989712d90d57dfa3230049f553bb43b76c30ee4d4b8c5f6e106e33f7db5cbdc5", "public domain",
           "Open Clip Art Library contributors", "Open Clip Art Library, public domain", "https://openclipart.org", PICTURES),
    *(
        _npm(f"animations-{i}", f"@lobehub/fluent-emoji-anim-{i}", "1.0.0", sha256, "MIT", "Microsoft",
             "https://github.com/microsoft/fluentui-emoji-animated", "animated " + PICTURES, "animations")
        for i, sha256 in enumerate((
            "4c03ac178c1eabf2e2a16dd498f3cc2b92dc30ec3466ae38fdc497d4774c99ea",
            "e431da8172e394036c330faa77648d6fbbae1fd3b0be95637c4497c9075019c0",
            "3624d0c34c819c1794b74ccf6ae9034adff7c4cb6318dd2a645145f0196feb43",
            "3d4c08f1e321f70808ef4996aba0ab575a9d97b6c56ffffc92cf6161a7836aa3",
        ), 1)
    ),
    Source("characters", "PyPI", "arcade", "3.3.3", "arcade-3.3.3-py3-none-any.whl",
           "25f4e0e5b8bcbe7a7d087c0a23b19e9f423b0c70ec00945c8712c9a3e541ebd2", "CC0-1.0", "Kenney",
           "Kenney, www.kenney.nl, CC0", "https://kenney.nl", "characters of the reference library, with walk cycles; training scenes", "characters"),
    Source("film", "PyPI", "moviepy", "2.2.1", "moviepy-2.2.1.tar.gz",
           "c80cb56815ece94e5e3e2d361aa40070eeb30a09d23a24c4e684d03e16deacb1", "CC-BY-3.0", "Blender Foundation",
           "Big Buck Bunny, (c) copyright Blender Foundation, www.bigbuckbunny.org", "https://www.bigbuckbunny.org",
           "training of autoencoder and transformer; shots, credits left out", "films"),
    Source("photographs", "Debian", "lomiri-wallpapers-16.04", "20.04.0-2", "lomiri-wallpapers-16.04_20.04.0-2_all.deb",
           "a99ff6a3bfe451e4cc0682ecb3cc82e71740626d59e4845ae34a0a0e45421eab", "CC-BY-4.0", "several, named in the ledger",
           "see the ledger's rows", "https://gitlab.com/ubports/development/core/lomiri-wallpapers",
           "training of autoencoder and transformer; the CC BY and CC0 ones", "photographs"),
)  # fmt: skip
GROUPS = ("core", "films", "animations", "characters", "photographs")
BY_KEY = {source.key: source for source in SOURCES}
