"""One night of one dataset: what it takes, what of that is new and good, and what was made of it."""
