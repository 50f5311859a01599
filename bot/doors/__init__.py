"""The other doors at work: turns of what came in by them, and callbacks that go out."""
