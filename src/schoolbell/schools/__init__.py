"""School, its policies and presets; the base of every row of a school; Actor."""
