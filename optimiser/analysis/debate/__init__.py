"""What a committee debates: money at play, who loses, the loss of a grant, questions in words."""
