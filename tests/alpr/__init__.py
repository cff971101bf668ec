"""The library, without Home Assistant."""
