"""The base of all errors that are meant for the user."""


class UserError(ValueError):
    """Something that the user can put right. Its text is one line: what is wrong, then what to do."""
