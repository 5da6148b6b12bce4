"""Recipes whose recommendations are the same for everyone."""
