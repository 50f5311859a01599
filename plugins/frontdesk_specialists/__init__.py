"""The specialists that come with the desk. Each is a plugin like anyone else's."""
