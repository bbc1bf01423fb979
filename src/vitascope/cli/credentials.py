"""`vitascope credentials show FILE | certificate`: what a file's credentials say and are worth, and what this installation signs with."""

from __future__ import annotations

import json

from .making import verb

EXAMPLE = 'vitascope generate "a boat on a lake" --seconds 1 --size 128x96 -o boat.mp4 && vitascope credentials show boat.mp4'


def add(verbs):
    top = verb(verbs, "credentials", "what a file's Content Credentials (C2PA) say, and the certificate that films are signed with", EXAMPLE)
    sub = top.add_subparsers(title="what to do", metavar="ACTION", required=True)
    p = verb(sub, "show", "read a file's credentials: exit status 0 valid, 1 changed since or unreadable, 3 none", EXAMPLE)
    p.add_argument("file", metavar="FILE", help="any MP4, PNG, JPEG, WebP, GIF, ..., whoever made it")
    p.add_argument("--json", action="store_true", help="all of it as JSON")
    p.set_defaults(run=show)
    p = verb(sub, "certificate", "show what films are signed with; renew it, or install your own", "vitascope credentials certificate")
    p.add_argument("--renew", action="store_true", help="make a new development certificate now")
    p.add_argument("--install", nargs=2, metavar=("CHAIN", "KEY"), help="sign with your own: PEM files of its chain and of its private key")
    p.add_argument("--uninstall", action="store_true", help="forget your own and sign with the development certificate again")
    p.add_argument("--json", action="store_true")
    p.set_defaults(run=certificate)


def show(options) -> int:
    from vitascope.provenance.read import read

    found = read(options.file)
    print(json.dumps(found.to_dict(), ensure_ascii=False, indent=2) if options.json else in_words(found))
    return {"valid": 0, "trusted": 0, "none": 3}.get(found.state, 1)


def in_words(found) -> str:
    """What a person wants to know, in a few lines; text out of the file is shortened and kept to one line each."""
    short = lambda text, most=200: " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())[:most]
    signer = short(found.signer.get("name") or found.signer.get("issuer") or "an unnamed signer")
    mine = ", this installation" if found.ours else ""
    state = {"none": "no credentials", "valid": f"whole, as signed by {signer}{mine}",
             "trusted": f"whole, as signed by {signer}{mine}, whom you trust", "invalid": "not to be believed"}[found.state]  # fmt: skip
    lines = [state, *(f"  {short(reason)}" for reason in found.reasons)]
    if found.state == "none":
        return "\n".join(lines)
    lines.append(f"  says: {short(found.title) or 'untitled'}, by {short(found.generator) or 'an unnamed program'}")
    for step in found.actions:
        words = [short(step.get("action", "")).removeprefix("c2pa."), short(str(step.get("digitalSourceType") or "").rsplit("/", 1)[-1]),
                 short(step.get("description") or ""), short(step.get("when") or "")]  # fmt: skip
        lines.append("  - " + ", ".join(word for word in words if word))
    for one in found.ingredients:
        whose = " with credentials of its own" if one.get("active_manifest") else ""
        lines.append(f"  from: {short(one.get('description') or one.get('title') or 'untitled')} ({short(one.get('relationship') or '')}){whose}")
    facts = [f"{name} {short(found.generation[key])}" for key, name in (("prompt", "prompt"), ("seed", "seed"), ("model", "model"),
             ("switched_off", "switched off by the operator:")) if key in found.generation]  # fmt: skip
    lines += [f"  {fact}" for fact in facts]
    if found.soft_binding:
        lines.append(f"  bound to the watermark {short(found.soft_binding['value'])} ({short(found.soft_binding['alg'])})")
    return "\n".join(lines)


def certificate(options) -> int:
    from vitascope.provenance import certificates, signers

    if sum(map(bool, (options.renew, options.install, options.uninstall))) > 1:
        raise ValueError("Choose one of --renew, --install and --uninstall.")
    if options.install:
        signers.install(*options.install)
    if options.uninstall and not signers.uninstall():
        raise ValueError("No certificate of yours is installed; films are signed with the development certificate.")
    if options.renew:
        certificates.development(renew=True)
    signer = signers.default()
    if options.json:
        print(json.dumps(signer.to_dict() | dict(time_stamps=signer.tsa_url), indent=2))
        return 0
    about = signer.to_dict()
    print(f"{about['name']}\n  issued by {about['issuer']}, {about['algorithm']}, serial {about['serial']}, until {about['expires']}")
    print(f"  time stamps: {signer.tsa_url or 'none (set ' + signers.TSA + ')'}")
    if about["development"]:
        print("  Self-made: others will see that nobody vouches for it. Install your own with --install CHAIN KEY.")
    return 0
