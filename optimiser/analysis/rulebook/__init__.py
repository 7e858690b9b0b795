"""Grant rules: the library, what the rules of a case add up to, and formulas by themselves."""
