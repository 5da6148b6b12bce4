"""Lines of files in S3, in and out."""
