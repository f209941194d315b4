"""What a run shows while it goes: lines, a terminal's bar, a notebook's curves."""
