"""Who does the jobs of a search: this process, several of them, a cluster."""
