"""The themes of cnn-tui, dark and light, beside Textual's own: blue for what is selected, amber for warnings alone."""

from textual.theme import Theme

DARK = Theme(
    name="cnn-tui",
    primary="#4a9df8",
    secondary="#8fa3bf",
    accent="#86c5ff",
    warning="#ffb454",
    error="#ff6f6f",
    success="#7bd88f",
    foreground="#d9e0ea",
    background="#0f131a",
    surface="#171c26",
    panel="#1f2633",
    dark=True,
)

LIGHT = Theme(
    name="cnn-tui-light",
    primary="#1f6fd0",
    secondary="#5b6b80",
    accent="#0b5cb8",
    warning="#9a5b00",
    error="#c22f2f",
    success="#23752f",
    foreground="#1e2530",
    background="#fbfcfe",
    surface="#f1f4f8",
    panel="#e2e8f0",
    dark=False,
)
