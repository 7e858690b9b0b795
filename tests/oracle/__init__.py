"""A second, plain implementation of the mathematics, for tests only; it shares no code with the product."""
