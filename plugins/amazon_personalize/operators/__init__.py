"""Operators for Amazon Personalize: thin names over one create engine."""
