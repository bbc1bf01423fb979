"""What is missing in real footage, proposed or completed without a network of our own."""

from .guess import guess

__all__ = ["guess"]
