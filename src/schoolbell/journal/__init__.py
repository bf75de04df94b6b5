"""What happened (Record), and what the world must still be told of it (Outbox)."""
