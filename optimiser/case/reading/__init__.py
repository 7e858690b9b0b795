"""From a file or pasted cells to typed tables."""
