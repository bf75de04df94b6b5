"""Where a school is run."""
