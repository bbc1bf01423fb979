"""`vitascope redteam`: attacks on what this installation refuses, made the whole way, and told with their successes.

The fixed suite is the same each time, so that a regression shows; `adaptive` attacks follow the scores that a refusal shows.
"""

from .run import redteam
from .told import page, table

__all__ = ["page", "redteam", "table"]
