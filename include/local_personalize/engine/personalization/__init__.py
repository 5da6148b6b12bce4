"""aws-user-personalization and its kin: transitions blended with taste."""
