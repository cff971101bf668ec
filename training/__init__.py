"""How the built-in models are made: synthetic plates, scenes, training and export. Never shipped."""
