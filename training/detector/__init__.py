"""The detector: where in a picture the plates are."""
