"""Figures of a search: what each setting does, and which trials were best."""
