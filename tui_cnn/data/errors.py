"""The one clear line for data that cannot be used."""


class DataError(ValueError):
    """A data set cannot be read or does not fit. Its text names the file, what is wrong, and what to do."""
