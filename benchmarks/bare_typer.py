"""The smallest Typer app: the measure for `--help`."""

from __future__ import annotations

import typer

app = typer.Typer()


@app.command()
def build() -> None:
    """Do nothing."""


if __name__ == "__main__":
    app()
