"""When work is due, and the processes that do it."""
