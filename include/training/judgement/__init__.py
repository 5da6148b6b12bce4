"""What a drop of a metric means: how far metrics move by chance, and from where on a drop is more than that."""
