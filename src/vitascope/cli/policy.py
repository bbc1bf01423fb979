"""`vitascope policy`: what a prompt would be told, and the policy in force."""

from __future__ import annotations

import argparse
import json

REFUSED = 2


def add(verbs) -> None:
    """Puts the verb into the command line."""
    verb = verbs.add_parser("policy", help="explain whether a prompt may pass, or show the policy")
    tasks = verb.add_subparsers(title="tasks", metavar="TASK", required=True, parser_class=type(verb))
    check = tasks.add_parser("check", help="judge a prompt and say why: exit status 0 passed, 2 refused")
    check.add_argument("prompt", metavar="PROMPT")
    check.add_argument("--kind", choices=("prompt", "negative", "name", "card"), default="prompt", help="what the text is (default: prompt)")
    check.add_argument("--policy", metavar="FILE", help="a policy of your own (default: VITASCOPE_POLICY, else the shipped one)")
    check.add_argument("--json", action="store_true", help="print the decision as JSON")
    check.set_defaults(run=_check)
    show = tasks.add_parser("show", help="print the policy in force, or the shipped file with its comments")
    show.add_argument("--policy", metavar="FILE", help="a policy of your own (default: VITASCOPE_POLICY, else the shipped one)")
    show.add_argument("--json", action="store_true", help="print what is in force as JSON")
    show.set_defaults(run=_show)


def _check(options: argparse.Namespace) -> int:
    from vitascope.safety.policy import Policy
    from vitascope.safety.prompts import PromptGate

    policy = Policy.load(options.policy)
    decision = PromptGate(policy).judge(options.prompt, kind=options.kind)
    if options.json:
        print(json.dumps({**decision.to_dict(), "policy": {"source": policy.source, "digest": policy.digest, "switched_off": list(policy.switched_off)}}, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_said(decision, policy)))
    return 0 if decision.allowed else REFUSED


def _said(decision, policy) -> list[str]:
    lines = [decision.sentence]
    if decision.evasions:
        lines.append(f"Undone before judging: {', '.join(decision.evasions)}. Judged as: {decision.text}")
    for f in decision.findings:
        verdict = "counts" if f.counts else "does not count"
        lines.append(f"  {f.category:<15} {f.score:.2f} of {f.threshold:.2f}, {verdict}, by {f.source}" + (f": {', '.join(f.words)}" if f.words else ""))
    if policy.switched_off:
        lines.append(f"Switched off or weakened by the policy {policy.source}: {'; '.join(policy.switched_off)}.")
    return lines


def _show(options: argparse.Namespace) -> int:
    from vitascope.safety.policy import SHIPPED, Policy

    policy = Policy.load(options.policy)
    if options.json:
        print(json.dumps(policy.to_dict(), ensure_ascii=False, indent=2))
    elif policy.source == "shipped":
        print(SHIPPED.read_text(encoding="utf-8"), end="")
    else:
        import yaml

        print(yaml.safe_dump(policy.to_dict(), allow_unicode=True, sort_keys=False), end="")
    return 0
