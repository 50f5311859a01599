"""The engine: turns that are taken up, run side by side, and never lost; see docs/engine.md."""
