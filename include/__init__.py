"""The Airflow-free half of the project: everything here would be just as true if cron ran it."""
