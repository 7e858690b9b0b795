"""The rest of a year, planned again with what is spent and delivered."""
