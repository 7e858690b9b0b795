"""The database: its tables, the door for changes, rights, people and the audit."""
