"""Tests of what is kept, and of what is gone."""
