"""Searches: many settings tried, the best found, and nothing lost when it is stopped."""
