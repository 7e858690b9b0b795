"""Documents: workbooks, pages, JSON and text."""
