"""Parts of the page Inputs: grid, form, paste, import, locks."""
