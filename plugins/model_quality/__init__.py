"""The model-quality page as an application of Airflow's API server."""
