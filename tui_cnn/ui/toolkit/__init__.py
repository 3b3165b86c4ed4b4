"""What several screens use: forms, charts, pictures, dialogs, the registry of actions. It knows no screen."""
