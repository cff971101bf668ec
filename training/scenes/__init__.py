"""Synthetic pictures of cars with plates: for training, for the demo and for tests."""

from training.scenes.compose import PlateArtist, Scene, ScenePlate, approach, draw_scene
from training.scenes.light import Light
from training.scenes.plate_art import STYLES, draw_simple_plate

__all__ = [
    "STYLES",
    "Light",
    "PlateArtist",
    "Scene",
    "ScenePlate",
    "approach",
    "draw_scene",
    "draw_simple_plate",
]
