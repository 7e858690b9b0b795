"""What if: scenarios side by side, a limit or an objective moved, what people would do without a solver."""
