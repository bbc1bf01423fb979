"""`vitascope characters add | list | show | remove`: the user's own people, things, places and looks, kept for later films."""

from __future__ import annotations

import json

from .making import verb

EXAMPLE = 'vitascope image "a brown dog" -o dog.png && vitascope characters add milo dog.png --words "a brown dog" && vitascope generate "@milo jumps" -o milo.mp4'


def add(verbs):
    top = verb(verbs, "characters", "your own people, things, places and looks, kept for later films", EXAMPLE)
    sub = top.add_subparsers(title="what to do", metavar="ACTION", required=True)
    p = verb(sub, "add", "keep a character under a name", EXAMPLE)
    p.add_argument("name", metavar="NAME", help="@NAME in prompts")
    p.add_argument("pictures", nargs="+", metavar="FILE", help="one to four pictures, or a short clip")
    p.add_argument("--kind", default="character", choices=("character", "object", "scene", "style"), help="what it is (default: character)")
    p.add_argument("--words", default="", metavar="TEXT", help='what it is in a few words, such as "a brown dog"')
    p.add_argument("--heading", metavar="WAY", choices=("left", "right", "up", "down"), help="where it looks in the picture")
    p.add_argument("--gait", choices=("none", "walk", "run", "fly", "swim", "roll", "hop", "hover"), help="how it moves by itself")
    p.add_argument("--author", default="", metavar="TEXT", help="kept in the reports of films that show it, as are:")
    p.add_argument("--licence", default="", metavar="TEXT")
    p.add_argument("--consent", default="", metavar="TEXT", help="who agreed to be shown, and when")
    p.set_defaults(run=keep)
    p = verb(sub, "list", "what is saved", "vitascope characters list")
    p.set_defaults(run=show_all)
    p = verb(sub, "show", "all that is known about one, and its picture", EXAMPLE.split(" && vitascope generate")[0] + " && vitascope characters show milo -o milo.png")
    p.add_argument("name", metavar="NAME")
    p.add_argument("-o", "--output", metavar="FILE", help="write its first picture, cut out, as .png")
    p.set_defaults(run=show)
    p = verb(sub, "remove", "forget one", "vitascope characters remove milo")
    p.add_argument("name", metavar="NAME")
    p.set_defaults(run=remove)


def keep(options) -> int:
    from vitascope import characters

    made = characters.Character.make(
        options.name.removeprefix("@"), options.pictures, options.kind, words=options.words, heading=options.heading, gait=options.gait,
        author=options.author, licence=options.licence, consent=options.consent,
    )  # fmt: skip
    print(f"{characters.save(made)}\n  @{made.name}: {'; '.join(made.notes) or 'used whole'}")
    return 0


def show_all(options) -> int:
    from vitascope import characters

    for name in characters.names():
        one = characters.load(name)
        print(f"@{name}  {one.kind}  {one.words}".rstrip())
    return 0


def show(options) -> int:
    from vitascope import characters

    one = characters.load(options.name.removeprefix("@"))
    if options.output:
        write_cut_out(one.pictures[0], options.output)
    about = dict(
        name=one.name, kind=one.kind, words=one.words, label=one.label, gait=one.gait, heading=one.heading, fps=one.fps,
        pictures=[f"{p.shape[1]}x{p.shape[0]}" for p in one.pictures], author=one.author, licence=one.licence, consent=one.consent,
        notes=list(one.notes), sha256=one.sha256,
    )  # fmt: skip
    print(json.dumps(about, ensure_ascii=False, indent=2))
    return 0


def write_cut_out(picture, path: str) -> None:
    from PIL import Image

    from vitascope.media import whole_file

    if not path.lower().endswith(".png"):
        raise ValueError(f"Cannot write {path}: a cut-out picture's name must end in .png.")
    with whole_file(path) as part:
        Image.fromarray(picture).save(part, format="PNG")


def remove(options) -> int:
    from vitascope import characters
    from vitascope.home import place

    one = characters.load(options.name.removeprefix("@"))
    place("characters", f"{one.name}.zip").unlink()
    print(f"@{one.name} is forgotten.")
    return 0
