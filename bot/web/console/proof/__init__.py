"""Pages on what proves the record: integrity, keys and anchors, configuration, dictionary."""
