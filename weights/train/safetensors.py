"""The scripts' way to sescope_export/safetensors.py."""
from sescope_export.safetensors import *  # noqa: F401,F403
