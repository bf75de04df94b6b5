"""What the command line says no to."""


class CommandRefused(Exception):
    """One clear line for whoever typed the command."""
