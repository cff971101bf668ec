"""Tests of deciding: no hub, no pixels, no clock."""
