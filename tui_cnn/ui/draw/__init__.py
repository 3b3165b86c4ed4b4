"""Values to text cells; nothing here knows the app."""
