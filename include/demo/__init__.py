"""What `make demo` is made of: real data and the servers of a laptop."""
