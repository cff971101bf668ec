"""Tests that start a real Home Assistant, as its own process."""
