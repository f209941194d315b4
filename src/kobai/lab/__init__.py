"""The lab: a page in which a network learns."""
