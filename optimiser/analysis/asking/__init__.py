"""Ways to solve again: one case run, many pieces abreast, one program with other numbers, what differs between two cases."""
