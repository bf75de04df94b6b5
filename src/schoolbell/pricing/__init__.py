"""What it costs. The one rounding is here."""
