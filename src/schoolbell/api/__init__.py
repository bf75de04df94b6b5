"""The REST face. A module per noun; no rules here."""
