"""Charts, each with its table and its text."""
