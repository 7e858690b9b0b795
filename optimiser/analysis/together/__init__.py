"""What agencies are worth to each other: pooling, fair shares, overlap."""
