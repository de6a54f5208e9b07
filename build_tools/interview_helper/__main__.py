"""python -m interview_helper."""

from interview_helper.cli import main

main()
