"""What a dataset group holds: schemas, bulk data, put data, and users who were deleted."""
