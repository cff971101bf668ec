"""Reads licence plates and decides about gates; knows nothing of Home Assistant."""
