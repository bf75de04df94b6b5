"""What is a client's or a student's own."""
