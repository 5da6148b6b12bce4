"""What a source holds, a few rows at a time, whatever it is: CSV, JSON lines, Parquet, or rows of a database."""
