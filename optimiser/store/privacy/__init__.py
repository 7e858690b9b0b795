"""What a person reaches and may see."""
