"""Named changes of a case, and its uncertain numbers."""
