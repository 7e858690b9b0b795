"""From the decision to the papers: slides, reports, forms, letters, journals, all with the same figures."""
