"""`vitascope review`: films that wait for a person's word. `vitascope protect`: whom no film may show, and who agreed to be shown."""

from __future__ import annotations

import json

from .making import verb


def add(verbs):
    _add_review(verbs)
    _add_protect(verbs)


def _add_review(verbs):
    top = verb(verbs, "review", "films that wait for somebody to look at them before they are shown", "vitascope review list")
    sub = top.add_subparsers(title="what to do", metavar="ACTION", required=True)
    p = verb(sub, "list", "the films that wait", "vitascope review list")
    p.add_argument("--all", action="store_true", help="those that were decided, too")
    p.add_argument("--json", action="store_true", help="print JSON")
    p.set_defaults(run=list_films)
    p = verb(sub, "show", "why a film waits, and what was seen in it", "vitascope review show 5f2a90c1d3e4b687 -o doubt.jpg")
    p.add_argument("id", metavar="ID")
    p.add_argument("-o", "--output", metavar="FILE", help="write the frames in doubt, side by side, as .jpg or .png")
    p.set_defaults(run=show)
    for name, done in (("approve", "the film may be shown"), ("reject", "the film may not be shown")):
        p = verb(sub, name, f"{done}; the audit log keeps who said so", f'vitascope review {name} 5f2a90c1d3e4b687 --note "a statue"')
        p.add_argument("id", metavar="ID")
        p.add_argument("--note", default="", metavar="TEXT", help="why")
        p.add_argument("--by", metavar="NAME", help="who decides (default: the user who runs this)")
        p.set_defaults(run=decide, action=name)
    p = verb(sub, "audit", "who decided what, oldest first", "vitascope review audit --verify")
    p.add_argument("--verify", action="store_true", help="only say whether all lines are as they were written")
    p.set_defaults(run=audit)


def _add_protect(verbs):
    top = verb(verbs, "protect", "people whom no film may show, and people who agreed to be shown", "vitascope protect list")
    sub = top.add_subparsers(title="what to do", metavar="ACTION", required=True)
    p = verb(sub, "add", "put somebody into the register; of the pictures only numbers are kept (needs the [faces] extra)",
             'vitascope protect add "Ada Example" ada1.jpg ada2.jpg')  # fmt: skip
    p.add_argument("name", metavar="NAME")
    p.add_argument("pictures", nargs="+", metavar="PICTURE", help="one face each, that looks at the camera")
    p.add_argument("--consent", default="", metavar="TEXT", help="who agreed to be shown to what, and when (default: nobody did, the person is protected)")
    p.set_defaults(run=protect)
    p = verb(sub, "list", "who is in the register", "vitascope protect list")
    p.set_defaults(run=people)
    p = verb(sub, "remove", "forget somebody", 'vitascope protect remove "Ada Example"')
    p.add_argument("name", metavar="NAME")
    p.set_defaults(run=forget)


def list_films(options) -> int:
    from vitascope.safety.queue import Queue

    items = Queue().items(None if options.all else "waiting")
    if options.json:
        print(json.dumps([vars(item) for item in items], ensure_ascii=False, indent=2))
        return 0
    for item in items:
        why = "; ".join(f"{doubt['what']} at {doubt['at']:.1f} s ({doubt['score']:.2f})" for doubt in item.report.get("borderline", []))
        print(f"{item.id}  {item.state:9}{item.added[:16]}  {item.title[:60]}  {why}".rstrip())
    if not items:
        print("No film waits." if not options.all else "No film was ever queued.")
    return 0


def show(options) -> int:
    from vitascope.safety.queue import Queue

    queue = Queue()
    item = queue[options.id]
    print(json.dumps(vars(item), ensure_ascii=False, indent=2))
    if options.output:
        _write_pictures([queue.picture(item.id, index) for index in range(len(item.pictures))], options.output)
    return 0


def _write_pictures(paths, output: str) -> None:
    """The pictures side by side in one file."""
    import numpy as np
    from PIL import Image

    from vitascope.clip import Clip

    pictures = [np.asarray(Image.open(path).convert("RGB")) for path in paths if path.exists()]
    if not pictures:
        raise ValueError("No picture of this film is kept: it was decided already.")
    high = max(len(picture) for picture in pictures)
    Clip(np.concatenate([np.pad(p, ((0, high - len(p)), (0, 4), (0, 0))) for p in pictures], 1)[None], 1.0).write(output)


def decide(options) -> int:
    from vitascope.safety.queue import Queue

    item = getattr(Queue(), options.action)(options.id, options.by, options.note)
    print(f"{item.id} is {item.state} by {item.who}." + (" Make the film again, with the same seed: it will be handed out." if item.state == "approved" else ""))
    return 0


def audit(options) -> int:
    from vitascope.safety.audit import Audit

    log = Audit()
    count = log.verify()
    if options.verify:
        print(f"{count} lines, all as they were written; the end is {log.head}.")
        return 0
    for line in log.lines():
        print(f"{line['number']:5} {line['at'][:19]}  {line['who']}  {line['action']}  {line['subject']}  {json.dumps(line['detail'], ensure_ascii=False)}")
    return 0


def protect(options) -> int:
    from vitascope.clip import Clip
    from vitascope.safety.faces import Faces
    from vitascope.safety.register import Register

    person = Register().add(options.name, [Clip.read(path).frames[0] for path in options.pictures], Faces(), options.consent)
    print(f"{person.name} is {'protected: no film shows them' if person.protected else 'on record as having agreed'} ({len(person.faces)} faces, no picture is kept).")
    return 0


def people(options) -> int:
    from vitascope.safety.register import Register

    for person in Register().people():
        print(f"{person.name}  {'protected' if person.protected else f'agreed: {person.consent}'}  {len(person.faces)} faces  {person.added[:10]}")
    return 0


def forget(options) -> int:
    from vitascope.safety.register import Register

    Register().remove(options.name)
    print(f"{options.name} is forgotten.")
    return 0
