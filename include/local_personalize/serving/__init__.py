"""What stands behind an answer in real time: models, filters, promotions, and what was recommended lately."""
