"""Tests: alpr (no hub), component (the harness), e2e (a real process), repository."""
