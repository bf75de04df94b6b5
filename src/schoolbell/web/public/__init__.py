"""The school's front: what it teaches, free times, booking, paying."""
