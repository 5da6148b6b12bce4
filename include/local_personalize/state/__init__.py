"""What the service remembers: resources and their lifecycles, quotas, tags, in one folder."""
