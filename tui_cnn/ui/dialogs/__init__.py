"""Modal dialogs; each returns a typed result, or None where the user thought better of it."""
