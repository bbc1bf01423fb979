"""Muon for the matrices inside a network, AdamW for the rest (Jordan et al. 2024, "Muon: an optimizer for hidden layers").

torch's own Muon iterates in bfloat16, which a CPU without its matrix units runs a hundred times slower; this one stays in
the parameters' precision.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def orthogonalize(matrix: Tensor, iterations: int = 5) -> Tensor:
    """The nearest semi-orthogonal matrix to (rows, columns), roughly, by a quintic Newton-Schulz iteration."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix / (matrix.norm() + 1e-7)
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(iterations):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    """Two kinds of groups: `muon=True` (matrices, orthogonalised momentum) and `muon=False` (AdamW)."""

    def __init__(self, groups, *, momentum=0.95, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.01):
        super().__init__(groups, dict(momentum=momentum, betas=betas, eps=eps, weight_decay=weight_decay, step=0))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            group["step"] += 1
            update = self._muon if group["muon"] else self._adamw
            for p in group["params"]:
                if p.grad is not None:
                    p.mul_(1 - group["lr"] * group["weight_decay"])
                    update(p, self.state[p], group)

    @staticmethod
    def _muon(p, state, group):
        momentum = state.setdefault("momentum", torch.zeros_like(p))
        momentum.lerp_(p.grad, 1 - group["momentum"])
        matrix = p.grad.lerp(momentum, group["momentum"]).flatten(1)  # Nesterov
        # 0.2 sqrt(max side) gives the update the size of an AdamW one, so one learning rate serves both.
        p.add_(orthogonalize(matrix).view_as(p), alpha=-group["lr"] * 0.2 * max(matrix.shape) ** 0.5)

    @staticmethod
    def _adamw(p, state, group):
        first = state.setdefault("first", torch.zeros_like(p))
        second = state.setdefault("second", torch.zeros_like(p))
        beta1, beta2 = group["betas"]
        first.lerp_(p.grad, 1 - beta1)
        second.lerp_(p.grad.square(), 1 - beta2)
        step = group["step"]
        size = (second / (1 - beta2**step)).sqrt_().add_(group["eps"])
        p.addcdiv_(first, size, value=-group["lr"] / (1 - beta1**step))


def make_optimizer(model: nn.Module, *, lr: float, muon: bool = True) -> Muon:
    """Groups for a model: inner matrices and convolutions to Muon, first and last layers, gains and biases to AdamW.

    A module names what AdamW should keep in `model.edges`: parts of parameter names.
    """
    edges = getattr(model, "edges", ())
    matrices, others = [], []
    for name, p in model.named_parameters():
        if p.requires_grad:
            (matrices if muon and p.ndim >= 2 and not any(edge in name for edge in edges) else others).append(p)
    groups = [dict(params=matrices, lr=lr, muon=True), dict(params=others, lr=lr, muon=False)]
    return Muon([group for group in groups if group["params"]])
