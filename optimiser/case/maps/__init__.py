"""Files that are not ours: a map says which of their sheets, titles and columns become which table."""
