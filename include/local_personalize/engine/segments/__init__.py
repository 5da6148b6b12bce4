"""aws-item-affinity and aws-item-attribute-affinity: the users who are the likeliest to turn to items."""
