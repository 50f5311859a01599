"""A file of tickets through the whole desk."""
