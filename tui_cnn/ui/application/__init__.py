"""What the app does on every screen: files, settings, help, the command palette, links of the lessons."""
