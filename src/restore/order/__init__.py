"""The order of words: the ways in which a line may be read, and which of them is right."""
