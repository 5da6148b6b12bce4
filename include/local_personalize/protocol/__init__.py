"""The wire: three protocols on one port, what requests and answers must look like, and faults on request."""
