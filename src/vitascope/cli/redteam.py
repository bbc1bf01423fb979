"""`vitascope redteam`: attacks on this installation's own policy, told with their successes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .making import verb


def add(verbs):
    p = verb(verbs, "redteam", "attack this installation's policy, and report what came through", "vitascope redteam --only said,adaptive --category ip,likeness")
    p.add_argument("--folder", default="bench", help="where redteam-DATE.json and .html are written (default: bench)")
    p.add_argument("--only", metavar="PARTS", help="said, tricks, surfaces, adaptive, bias (default: all; about ten minutes)")
    p.add_argument("--category", metavar="CATEGORIES", help="as in violence,hate (default: all)")
    p.add_argument("--policy", metavar="FILE", help="the policy to attack (default: the one in force)")
    p.add_argument("--threads", type=int, help="cores to use (default: all)")
    p.add_argument("--last", action="store_true", help="print the latest report without running")
    p.add_argument("--json", action="store_true", help="print JSON")
    p.set_defaults(run=run)


def run(options) -> int:
    from vitascope.evaluation.redteam import redteam, table
    from vitascope.evaluation.report import latest

    folder = Path(options.folder)
    if options.last:
        report = latest(folder, "redteam")
    else:
        tell = lambda text: print(f"\r  {text:<60}", end="", file=sys.stderr, flush=True) if sys.stderr.isatty() else None
        report = redteam(folder, parts=options.only, categories=options.category, policy=options.policy, threads=options.threads, tell=tell)
    print(json.dumps(report, ensure_ascii=False, indent=1) if options.json else table(report))
    return 0
