"""Where the world meets the desk."""
