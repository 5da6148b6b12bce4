"""aws-next-best-action: the actions that a user is the likeliest to take in the days to come."""
