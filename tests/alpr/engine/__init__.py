"""The engine over HTTP: its messages, its service and its client."""
