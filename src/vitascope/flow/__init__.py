"""Flow matching as pure functions on arrays (NumPy or torch): the same ones train the networks and run them.

Time runs from 0 (noise) to 1 (data) along the straight path z_t = t x + (1 - t) e, whose velocity is v = x - e
(Lipman et al. 2023, Liu et al. 2023). Networks here predict the data x itself, since clean data lies on a low-dimensional
manifold and noise does not (Li and He 2025, "Back to basics: let denoising generative models denoise").
"""

from .guidance import guide
from .paths import data_to_velocity, interpolate, velocity_to_data
from .solvers import average, solve
from .timesteps import logit_normal, schedule

__all__ = ["average", "data_to_velocity", "guide", "interpolate", "logit_normal", "schedule", "solve", "velocity_to_data"]
