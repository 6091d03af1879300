"""Where RGOS uses addresses: as its family does."""

from configs.addressing_no import read

__all__ = ["read"]
