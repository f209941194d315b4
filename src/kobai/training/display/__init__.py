"""What a run shows while it goes on: lines, a terminal's bar, a notebook's curves."""
