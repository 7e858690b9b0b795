"""Proposals, votes, comments and their papers."""
