"""A local Amazon Personalize: the API of its three services, with real imports, training and batch jobs behind it."""
