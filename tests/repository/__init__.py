"""Tests of the repository itself: what ships, and what must never be committed."""
