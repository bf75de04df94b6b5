"""What happens when, where and with whom: resources, sessions, slots, staffing."""
