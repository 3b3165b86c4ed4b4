"""Signs, one cell wide. Those of layers are theirs."""

OPEN, FOLDED, EMPTY = "▾", "▸", "╌"
"""Of containers and branches: what they hold is shown, hidden, or nothing."""

FINDINGS = {"error": "✗", "warning": "⚠", "info": "·"}
