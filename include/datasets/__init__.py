"""From the shop's files to checked files that Personalize can import: read, check, set aside, stage."""
