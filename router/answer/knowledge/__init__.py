"""What specialists know: articles, cut into passages, searchable."""
