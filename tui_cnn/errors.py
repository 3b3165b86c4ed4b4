"""The base of all errors that are meant for the user."""


class UserError(ValueError):
    """Something that the user can put right. Its text is one line: what is wrong, then what to do."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Its text, and a line for each further problem where it is about several."""
        return (str(self),)
