"""Two texts beside each other: what was moved, altered, put in or left out."""
