"""Amazon Personalize for Airflow: hook, operators, trigger, links and waiters, shaped like a provider package."""
