"""What is taught, and who may teach it."""
