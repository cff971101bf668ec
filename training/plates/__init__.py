"""Synthetic licence plates: styles as data, drawn by our own strokes or by open fonts."""

from training.plates.plate import PlateImage, draw_plate
from training.plates.style import Style, load_styles

__all__ = ["PlateImage", "Style", "draw_plate", "load_styles"]
