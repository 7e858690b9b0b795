"""Cases, drafts, edits and runs."""
