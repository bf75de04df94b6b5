"""Money: what was ordered, what is awaited, what came, and what it paid for."""
