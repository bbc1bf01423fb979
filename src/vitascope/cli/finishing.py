"""`vitascope upscale CLIP` and `vitascope interpolate CLIP`: the finishing steps by themselves."""

from __future__ import annotations

import itertools
import json
import os
import sys
from pathlib import Path

from .deliver import in_words, name_of
from .making import check_output, verb

FOX = 'vitascope generate "a red fox runs through a snowy forest" --draft -o small.mp4 && '


def add(verbs):
    p = verb(verbs, "upscale", "a clip with more pixels, by Real-ESRGAN", FOX + "vitascope upscale small.mp4 -o large.mp4")
    p.add_argument("clip", metavar="CLIP")
    p.add_argument("--size", metavar="WIDTHxHEIGHT", help="in pixels (default: four times the clip's)")
    common(p, "upscaled.mp4")
    p.set_defaults(run=upscale)
    p = verb(verbs, "interpolate", "a clip with more frames a second, by RIFE", FOX + "vitascope interpolate small.mp4 --factor 2 -o smooth.mp4")
    p.add_argument("clip", metavar="CLIP")
    p.add_argument("--factor", type=int, default=2, help="how many times as many, 2 to 8 (default: 2)")
    common(p, "interpolated.mp4")
    p.set_defaults(run=interpolate)


def common(p, output: str) -> None:
    p.add_argument("-o", "--output", default=output, metavar="FILE",
                   help=f"an .mp4, .webp, .gif or picture file, or - for a fragmented MP4 on standard output (default: {output})")  # fmt: skip
    p.add_argument("--threads", type=int, help="cores to use (default: all)")
    p.add_argument("--policy", metavar="FILE", help="the operator's policy (default: VITASCOPE_POLICY, else the shipped one)")
    p.add_argument("--json", action="store_true", help="print the report as JSON")


def upscale(options) -> int:
    from vitascope.clip import Clip, parse_size
    from vitascope.finishing import Upscaler
    from vitascope.media import MAX_PIXELS

    threads, clip = begin(options), Clip.read(options.clip)
    size = parse_size(options.size) if options.size else tuple(4 * side for side in clip.size)
    if size[0] * size[1] > MAX_PIXELS or 16 * clip.size[0] * clip.size[1] > 4 * MAX_PIXELS:
        raise ValueError(f"{options.clip} is {clip.size[0]}x{clip.size[1]} and would become too large: shrink it first, or choose a smaller --size.")
    return finish("upscale", options, clip, Upscaler(threads).stream(clip.frames), clip.fps, len(clip), size)


def interpolate(options) -> int:
    from vitascope.clip import Clip
    from vitascope.finishing import Interpolator
    from vitascope.media import MAX_FPS

    threads, clip = begin(options), Clip.read(options.clip)
    if not 2 <= options.factor <= 8:
        raise ValueError(f"Frames can be multiplied by 2 to 8, not {options.factor}: choose another --factor.")
    if clip.fps * options.factor > MAX_FPS:
        raise ValueError(f"{options.clip} would have {clip.fps * options.factor:g} frames a second, more than {MAX_FPS:g}: choose a smaller --factor.")
    if len(clip) < 2:
        raise ValueError(f"{options.clip} has one frame, and there is nothing between one frame and itself.")
    frames = Interpolator(threads).stream(clip.frames, options.factor)
    return finish("interpolate", options, clip, frames, clip.fps * options.factor, (len(clip) - 1) * options.factor + 1, clip.size)


def begin(options) -> int:
    """How many threads; raises ValueError when the result could not be written."""
    check_output(Path(options.output))
    if options.threads is not None and options.threads < 1:
        raise ValueError(f"A film needs at least 1 thread, not {options.threads}.")
    return options.threads or os.cpu_count() or 1


def finish(verb: str, options, clip, frames, fps: float, count: int, size: tuple[int, int]) -> int:
    """Write the frames of `verb` at `size`, reviewed, watermarked and signed like every film, and tell about it."""
    import numpy as np

    from vitascope.credits import clip_id
    from vitascope.finishing import fit
    from vitascope.release import Release
    from vitascope.studio import Event, Segment, Settings, Studio

    from .progress import Progress

    progress = Progress()
    studio = Studio(Settings(threads=options.threads, policy=options.policy))
    film_id = clip_id(clip.frames, verb, size, fps)
    moderation = studio.moderation(fps, lambda: (f"{film_id:016x}", f"{verb} {Path(options.clip).name}"))
    moderation.uploads("footage", clip.frames, clip.fps)

    def segments():
        done, second = 0, max(1, round(fps))
        while some := [fit(frame, size) for frame in itertools.islice(frames, second)]:  # so that the review sees more than a moment
            segment = Segment(done, np.stack(some), fps)
            moderation.look(segment.frames)
            yield segment
            done += len(some)
            progress(Event("finish", done, count))

    output = Path(options.output)
    report = dict(file=name_of(output), source=str(Path(options.clip).absolute()), task=verb, film_id=f"{film_id:016x}",
                  size=f"{size[0]}x{size[1]}", fps=fps, seconds=round(count / fps, 3))  # fmt: skip
    facts = lambda: (report | {"moderation": moderation.report}, (("parentOf", Path(options.clip)),))
    release = Release(studio.part("policy"), film_id, facts)
    release.write(segments(), output)
    report |= dict(took_seconds=round(progress.seconds, 1), moderation=moderation.report, **release.report)
    out = sys.stderr if options.output == "-" else sys.stdout
    print(json.dumps(report, ensure_ascii=False, indent=2) if options.json else in_words(report), file=out)
    return 0
