"""The model-quality page: every version of a solution, its metrics over time, its verdict, and what became of it."""
