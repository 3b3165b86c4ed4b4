"""The language server for the TOML of networks; only `server` knows the protocol."""
