"""What `cnn-tui check` finds in models, and the formats that it is written in."""
