"""Every prompt text of the desk, in one place, each with a version."""
