"""Notes of other tools to our notation: one module a dialect, each from files to `Imported`. Pure."""
