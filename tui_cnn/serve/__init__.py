"""The app in the browser: the people, their tokens, homes and sessions, and the pages around them."""
