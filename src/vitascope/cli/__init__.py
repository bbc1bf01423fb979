"""The command line: parses, calls, prints. One verb a task; nothing heavy is imported before it is needed."""

from __future__ import annotations

import argparse
import os
import sys

from . import (
    animate,
    bench,
    cards,
    characters,
    corpus,
    credentials,
    finishing,
    footage,
    generate,
    policy,
    redteam,
    review,
    sources,
    storyboard,
    train,
    verify,
)

VERBS = (generate, animate, footage, storyboard, characters, finishing, verify, sources, credentials, policy, review, redteam, corpus, cards, train, bench)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, without the usage."""

    def error(self, message: str):
        self.exit(2, f"vitascope: {message[:1].upper()}{message[1:]}. See `{self.prog} --help`.\n")


def parser() -> argparse.ArgumentParser:
    from vitascope import __version__

    top = Parser(prog="vitascope", description="Text to video in the open.", epilog="Example: vitascope generate \"a red fox runs through a snowy forest\" -o fox.mp4")
    top.add_argument("--version", action="version", version=f"vitascope {__version__}")
    verbs = top.add_subparsers(title="verbs", metavar="VERB", required=True, parser_class=Parser)
    for verb in VERBS:
        verb.add(verbs)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command. 0: done; 1: it could not be done; 2: it was asked for wrongly; 130: stopped by Ctrl-C."""
    options = parser().parse_args(arguments)
    try:
        return options.run(options) or 0
    except ValueError as error:  # every message of ours is one sentence for people
        print(f"\nvitascope: {error}" if sys.stderr.isatty() else f"vitascope: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nvitascope: Stopped; nothing was written under the final name.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except MemoryError:
        print("vitascope: There is not enough memory for this film: choose a smaller --size or fewer --seconds.", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"vitascope: {error.filename or 'The system'}: {error.strerror or error}.", file=sys.stderr)
        return 1
