"""Dialogs that several screens use; each returns one typed result."""
