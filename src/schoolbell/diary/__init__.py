"""The time of one person or resource: when it is open, and what is taken. Knows nothing of its owner."""
