"""The refiner: where exactly the corners of a plate are that the detector has found roughly."""
