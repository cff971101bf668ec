"""Plate reads to a decision: standard library only, no clock, no chance, no input or output."""
