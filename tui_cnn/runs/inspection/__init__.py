"""Looking inside a run's network: what can be asked of the inspector process, and the client that asks it."""
