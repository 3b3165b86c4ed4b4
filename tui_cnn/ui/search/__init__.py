"""The Search screen: searches, their trials, and what the parameters do; setting up a new one."""
