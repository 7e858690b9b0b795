"""Migrations: how the store of one version of the program becomes that of the next. `store.migrate` runs them."""
