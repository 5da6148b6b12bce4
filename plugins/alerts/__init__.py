"""Alerts: the one place through which failures reach people."""
