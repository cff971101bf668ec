"""How the built-in models are made: plates, scenes, training, export. Never shipped."""
