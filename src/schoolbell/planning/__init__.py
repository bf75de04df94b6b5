"""When can it be? Free times, and lessons made on demand."""
