"""Tests of what draws plates and scenes: for training, for the demonstration and for tests."""
