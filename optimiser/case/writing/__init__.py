"""From typed tables to workbooks for people, and the reference page."""
