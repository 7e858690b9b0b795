"""What every page stands in: who is at work, the bars, texts, pictures, downloads."""
