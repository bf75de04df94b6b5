"""What Schoolbell's speed is measured with. See docs/benchmarks.md."""
