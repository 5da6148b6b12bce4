"""The whole programme on one machine: its processes, MovieLens 100K, and a story told through the scheduler."""
