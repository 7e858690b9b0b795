"""Numbers that may turn out otherwise: draws, careful plans, curves from earlier years."""
