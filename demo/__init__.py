"""A demonstration house: a real Home Assistant with a camera, a gate and this integration."""
