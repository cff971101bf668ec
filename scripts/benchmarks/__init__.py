"""Measures this project's recogniser beside the fast-alpr path and writes docs/benchmarks.md."""
