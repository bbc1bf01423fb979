"""Prompts to train and to judge the classifier of prompts: a grammar of matched pairs, public sets, and lines written for judging.

Every unsafe act has a harmless twin of the same build, length and language, so that what is learned is the act and not the
style: a classifier of the public sets alone refuses most long machine-written scenes, harmless or not.
"""

from .grammar import captions, long_scenes, short_prompts, words
from .public import public
from .rows import CATEGORIES, SPLITS, Row, judged, lines

__all__ = ["CATEGORIES", "SPLITS", "Row", "captions", "judged", "lines", "long_scenes", "public", "short_prompts", "words"]
