"""The kinds of rule, one file each. A file that is added here is a kind: nothing lists them."""
