"""What is missing in real footage, proposed or completed without a network of our own."""

from .gaps import fill_gap
from .guess import guess

__all__ = ["fill_gap", "guess"]
