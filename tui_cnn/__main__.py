"""`python -m tui_cnn` is the `cnn-tui` command."""

from tui_cnn.cli import main

if __name__ == "__main__":
    main()
