"""The commands, and what they read and can be asked for."""
