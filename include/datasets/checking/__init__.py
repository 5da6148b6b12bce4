"""What is wrong with a row, and which rows are good."""
