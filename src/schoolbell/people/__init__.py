"""Who is in a school: persons, and their roles as clients, students and instructors."""
