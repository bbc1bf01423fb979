"""One film in a process of its own, so that its memory and its start can be measured; says so in a line of JSON.

    python -m vitascope.evaluation.one_film '{"prompt": "a cat", "seconds": 4, "size": "128x80", "fps": 8, "born": 0}'
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

SHORT = 4.0  # seconds of the films that follow


def film(order: dict) -> dict:
    """Make one film and, on the same loaded studio, `again` short ones: seconds, core-seconds, memory (MiB), a digest of every frame.

    order: seed, threads, seconds, size, fps, upscale, interpolate, resume, prompt; `born`, the time at which the process was
    started; `keep`, a file for the frames (.npy), `write`, one for the film (.mp4); `again`, how many films of 4 s follow.
    """
    from vitascope import api
    from vitascope.media import VideoWriter
    from vitascope.studio import Settings, Studio

    named = {k: order[k] for k in ("seed", "threads", "upscale", "interpolate", "resume") if k in order}
    studio = Studio(Settings(**named))
    lay = {k: order[k] for k in ("size", "fps")}
    digest, first, kept, writer = hashlib.sha256(), None, [], None
    making = api.generate(order["prompt"], seconds=order["seconds"], studio=studio, stream=True, **lay)
    start, cpu = time.time(), time.process_time()
    for segment in making:
        first = first or time.time()
        digest.update(segment.frames.tobytes())
        if "keep" in order:
            kept.append(segment.frames)
        if "write" in order:
            writer = writer or VideoWriter(order["write"], (segment.frames.shape[2], segment.frames.shape[1]), segment.fps).__enter__()
            for frame in segment.frames:
                writer.append(frame)
    if writer:
        writer.__exit__(None, None, None)
    done, spent = time.time(), time.process_time() - cpu
    out = dict(first=first - order["born"], whole=done - order["born"], making=done - start, cpu=spent, digest=digest.hexdigest(),
               memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, marks=making.report["made_in_seconds"],
               presences=making.report["presences"])  # fmt: skip
    if "keep" in order:
        np.save(order["keep"], np.concatenate(kept))
        Path(order["keep"]).with_suffix(".json").write_text(making.plan.to_json())
    start, cpu = time.time(), time.process_time()
    for i in range(order.get("again", 0)):
        for segment in api.generate(order["prompt"], seconds=SHORT, studio=studio, stream=True, **lay):
            pass
    return out | dict(again=time.time() - start, again_cpu=time.process_time() - cpu)


if __name__ == "__main__":
    print(json.dumps(film(json.loads(sys.argv[1]))))
