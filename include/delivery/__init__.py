"""From batch inference to files that Braze Cloud Data Ingestion takes whole."""
