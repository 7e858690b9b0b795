"""Many solves at once, on this machine or over many."""
