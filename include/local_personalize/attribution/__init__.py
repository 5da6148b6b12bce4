"""Metric attribution: events counted by what led to them."""
