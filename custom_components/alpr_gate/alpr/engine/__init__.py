"""The reader as an HTTP service in a process of its own, and its client."""
