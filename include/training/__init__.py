"""When a solution trains, whether its new version may serve, and what was decided before."""
