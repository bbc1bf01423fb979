"""A film id as 480 signs that survive many being wrong, and back: CRC-16, then a tail-biting convolutional code.

The code is the one of rate 1/6 and constraint length 15 that flew on Cassini and Mars Pathfinder (generators in CCSDS 101.0-B and
NASA's Telecommunications and Data Acquisition reports 42-110); tail-biting (Ma and Wolf 1986) spares its 14 bits of tail. It is decoded
softly by max-log-MAP in both directions (Robertson, Villebrun and Hoeher 1995), twice round the circle.
"""

from __future__ import annotations

import functools

import numpy as np

BITS = 64  # of a film id
CHECK = 16  # bits of CRC-16/CCITT (x^16 + x^12 + x^5 + 1), so that one wrong id in 65,536 passes
MEMORY = 14
GENERATORS = (0o46321, 0o51271, 0o63667, 0o70535, 0o73277, 0o76513)
STEPS = BITS + CHECK
CODED = STEPS * len(GENERATORS)
STATES = 1 << MEMORY


def encode(film_ids) -> np.ndarray:
    """Signs (n 480) int8, +-1, of film ids (n,), or (480,) of one."""
    rows, always = _linear()
    bits = _bits_of(np.atleast_1d(np.asarray(film_ids, np.uint64))).astype(np.float32)
    odd = ((bits @ rows).astype(np.int16) & 1).astype(bool) ^ always
    coded = np.where(odd, np.int8(-1), np.int8(1))
    return coded if np.ndim(film_ids) else coded[0]


@functools.cache
def _linear() -> tuple[np.ndarray, np.ndarray]:
    """The code as a matrix (64 480) float32 and what it adds to every word (480,) bool: both check and code are linear but for a constant."""
    always, *rows = _coded(np.concatenate([np.zeros((1, BITS), np.uint8), np.eye(BITS, dtype=np.uint8)]))
    return (np.array(rows) ^ always).astype(np.float32), always.astype(bool)


def _coded(bits: np.ndarray) -> np.ndarray:
    """Coded bits (n 480) of the bits (n 64) of ids."""
    bits = _with_check(bits)
    # The register before step t holds the bits before it, round the circle: the newest next to the current one.
    past = np.stack([np.roll(bits, k, axis=1) for k in range(MEMORY + 1)], axis=2)  # (n steps 15), current first
    taps = np.array([[g >> (MEMORY - k) & 1 for k in range(MEMORY + 1)] for g in GENERATORS], np.int64)
    return ((past.astype(np.int64) @ taps.T) & 1).reshape(len(bits), CODED)


def decode(scores: np.ndarray) -> tuple[int | None, np.ndarray]:
    """(film id or None where the check fails, scores (64,) of its bits) from scores (480,) of the signs, positive for +1.

    A bit's score is positive for a one and larger when surer, most significant bit first.
    """
    scores = np.asarray(scores, np.float32).reshape(STEPS, len(GENERATORS))
    soft = _soft_bits(scores)
    bits = (soft > 0).astype(np.uint8)
    fits = bits[:BITS].any() and np.array_equal(_with_check(bits[None, :BITS])[0], bits)
    return (int.from_bytes(np.packbits(bits[:BITS]).tobytes(), "big") if fits else None), soft[:BITS]


def _bits_of(ids: np.ndarray) -> np.ndarray:
    return np.unpackbits(ids.astype(">u8").view(np.uint8).reshape(-1, BITS // 8), axis=1)


def _with_check(bits: np.ndarray) -> np.ndarray:
    """Bits (n 64) followed by their CRC-16 (n 80)."""
    rest = np.full(len(bits), 0xFFFF, np.int64)
    for bit in bits.T:
        top = (rest >> 15) ^ bit
        rest = ((rest << 1) & 0xFFFF) ^ (0x1021 * top)
    check = (rest[:, None] >> np.arange(CHECK - 1, -1, -1)) & 1
    return np.concatenate([bits, check.astype(np.uint8)], axis=1)


@functools.cache
def _words_of_code() -> np.ndarray:
    """For each register (current bit on top of the 14 before it) the six signs sent, as one of 64."""
    registers = np.arange(2 * STATES)
    out = np.zeros_like(registers)
    for g in GENERATORS:
        out = out << 1 | (np.bitwise_count(registers & g) & 1)
    return out


def _soft_bits(scores: np.ndarray) -> np.ndarray:
    signs = 1 - 2 * ((np.arange(64)[:, None] >> np.arange(5, -1, -1)) & 1)
    metrics = (scores @ signs.T.astype(np.float32))[:, _words_of_code()]  # (steps registers)
    forward, backward = np.zeros((STEPS, STATES), np.float32), np.zeros((STEPS, STATES), np.float32)
    state = np.zeros(STATES, np.float32)
    for step in 2 * list(range(STEPS)):
        forward[step] = state
        state = (np.concatenate([state, state]) + metrics[step]).reshape(STATES, 2).max(1)
        state -= state.max()
    state = np.zeros(STATES, np.float32)
    for step in 2 * list(range(STEPS - 1, -1, -1)):
        backward[step] = state  # after the step
        state = (np.repeat(state, 2) + metrics[step]).reshape(2, STATES).max(0)
        state -= state.max()
    soft = np.empty(STEPS, np.float32)
    for step in range(STEPS):
        paths = np.concatenate([forward[step]] * 2) + metrics[step] + np.repeat(backward[step], 2)
        soft[step] = paths[STATES:].max() - paths[:STATES].max()
    return soft / 2
