"""Training runs as directories: recipe, events, state; starting and steering the worker that writes one."""
