"""What the console shows besides single tickets: the log's state, places, artifacts, choices."""
