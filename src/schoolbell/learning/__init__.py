"""What comes of lessons: reviews."""
