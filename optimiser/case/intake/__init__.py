"""Requests of agencies: a workbook for each with its own rows, and what comes back merged by agency and ID."""
