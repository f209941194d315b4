"""`python -m kobai.cli`: the same as `python -m kobai`."""

from kobai.cli import main

main()
