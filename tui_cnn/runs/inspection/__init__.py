"""The inspector process of a trained network: its requests, its replies, and their client."""
