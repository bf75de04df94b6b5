"""An instructor's own week, hours and lessons."""
