"""What a person decides of changes, and the page that asks."""
