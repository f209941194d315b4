"""`python -m kobai`: the command where no script is installed."""

from kobai.cli import main

main()
