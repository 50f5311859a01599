"""Plugins: found by entry point, loaded one by one, each behind its own wall."""

from bot.plugins.loader import load_plugins
from bot.plugins.registry import Loaded, Quarantined, Reason, Registry

__all__ = ["Loaded", "Quarantined", "Reason", "Registry", "load_plugins"]
