"""Why: what each got and what would change it, prices, conflicts and repairs, what every good plan has in common."""
