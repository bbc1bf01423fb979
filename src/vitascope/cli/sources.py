"""`vitascope sources FILE`: the works that a film drew on, and how near it comes to what the painter was trained on."""

from __future__ import annotations

import json

from .making import verb
from .verify import printable

INPUT = "xmp:iid:input-"  # what a manifest of ours calls a file of the maker's; pictures of the library are called sources
EXAMPLE = 'vitascope generate "a boat on a lake" --size 256x160 --seconds 1 -o boat.mp4 && vitascope sources boat.mp4'


def add(verbs):
    p = verb(verbs, "sources", "the works a film drew on, with licences, and its nearest training items", EXAMPLE)
    p.add_argument("file", metavar="FILE", help="a film or picture that Vitascope made")
    p.add_argument("--json", action="store_true", help="print JSON")
    p.set_defaults(run=run)


def run(options) -> int:
    found = sources_of(options.file)
    print(json.dumps(found, ensure_ascii=False, indent=2) if options.json else in_words(found))
    return 0


def sources_of(path: str) -> dict:
    """`drawn`: works with author, licence, credit and hash, as the ledger has them; `said_by`: where that is known from ("plan", "manifest",
    "register" or "" where nothing says it); `given`: files of its maker's; `learned`: the nearest training items.

    Raises ValueError for a file that is no picture or film.
    """
    from vitascope.corpus import read_ledger
    from vitascope.provenance.memorised import nearest
    from vitascope.provenance.verify import beginning

    frames, fps = beginning(path)
    rows = {row["item"]: row for row in read_ledger()}
    drawn, given, said_by = known(path)
    works = []
    for work in drawn:
        row = rows.get(work.get("id"), {})
        works.append({k: row.get(k) or work.get(k, "") for k in ("author", "licence", "source", "sha256", "credit")} | {k: work.get(k, "") for k in ("id", "label")})
    near = [neighbour.to_dict() for neighbour in nearest(frames, fps)]
    for row in near:
        row |= {k: rows.get(row["item"], {}).get(k, "") for k in ("author", "licence", "credit")}
    return dict(file=path, said_by=said_by, drawn=works, given=given, learned=near)


def known(path: str) -> tuple[list[dict], list[str], str]:
    """(works, names of the files that its maker gave, where that is known from): the film's own plan first, then its whole credentials,
    then what this installation recorded of it."""
    from vitascope.credits import sources
    from vitascope.director.continuation import from_note
    from vitascope.library import Library
    from vitascope.media import read_comment
    from vitascope.provenance.ids import Register, file_hash
    from vitascope.provenance.read import read

    state = read(path)
    given = [str(one.get("title", "")) for one in state.ingredients if str(one.get("instance_id", "")).startswith(INPUT)]
    if note := from_note(read_comment(path)):
        library = Library()
        try:
            return sources(note[0], library), given, "plan"
        except KeyError:  # of a character of its maker's, or of another library
            pass
    if state.state in ("valid", "trusted") and (listed := works_in(state.claims)):
        return listed, given, "manifest"
    recorded = Register().of_file(file_hash(path)) or registered(state)
    return (recorded.about.get("sources", []), given, "register") if recorded else ([], given, "")


def registered(state):
    from vitascope.provenance.ids import Register

    try:
        return Register()[state.film_id] if state.ours and state.film_id else None
    except KeyError:
        return None


def works_in(claims: dict) -> list[dict]:
    """The pictures of the library that a manifest of ours names; only what has the shape of one."""
    from vitascope.provenance.manifest import SOURCES

    data = claims.get(SOURCES)
    listed = data.get("sources") if isinstance(data, dict) else None
    fields = ("id", "label", "author", "licence", "source", "sha256")
    return [{k: str(one.get(k, "")) for k in fields} for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def in_words(found: dict) -> str:
    lines = []
    if found["drawn"]:
        lines.append(f"{found['file']} drew on (as its {found['said_by']} says):")
        lines += [f"  {w['label']}  {w['author']}, {w['licence']}  {w['source']}" for w in found["drawn"]]
    elif found["said_by"]:
        but = " but through what its maker gave" if found["given"] else ""
        lines.append(f"{found['file']} drew on no picture of the library{but} (as its {found['said_by']} says).")
    else:
        lines.append(f"{found['file']} does not say what it drew on: it was not made here, or its plan and credentials are gone.")
    lines += [f"  from its maker: {name}" for name in found["given"]]
    lines.append("nearest of the footage that the painter was trained on:")
    for row in found["learned"]:
        near = "as near as a damaged copy" if row["near"] else "not near"
        lines.append(f"  {row['item']}  distance {row['distance']:.2f} at {row['second']:g} s, {near}  {row['credit']}")
    return printable("\n".join(lines))
