"""Partnership: who helps, and where."""
