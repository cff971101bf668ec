"""Programs that work on the repository; run from its root with `python -m scripts.name`."""
