"""Video and picture files in and out: what `Clip.read` and `Clip.write` stand on.

Reading trusts nothing. The first bytes say what a file is, never its name; the one demuxer or picture decoder that
they point to is named at the open, so that a playlist dressed up as an MP4 cannot make the decoder open its
neighbours; sizes are checked in the header, before anything is decoded. Writing is all or nothing: a file appears
under its final name whole, or not at all; a film that takes long can be watched in fragments while it is being made.
"""

from .files import MAX_BYTES, MAX_FPS, MAX_PIXELS, PICTURES, READABLE, WRITABLE, ClipError, sniff, whole_file
from .reading import read_comment, read_frames
from .writing import VideoWriter, part_of, write_picture

__all__ = [
    "MAX_BYTES", "MAX_FPS", "MAX_PIXELS", "PICTURES", "READABLE", "WRITABLE", "ClipError", "VideoWriter", "part_of",
    "read_comment", "read_frames", "sniff", "whole_file", "write_picture",
]  # fmt: skip
