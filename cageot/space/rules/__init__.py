"""Decisions of the member's space, in plain Python."""
