"""The commands of ``python -m alpr``, one file each."""
