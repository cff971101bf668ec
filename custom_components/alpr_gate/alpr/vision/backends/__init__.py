"""What runs the neural networks, behind one small protocol."""
