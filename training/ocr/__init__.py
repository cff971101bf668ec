"""The reader: from the picture of a plate to its text."""
