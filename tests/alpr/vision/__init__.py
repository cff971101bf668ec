"""Pixels to plate reads."""
