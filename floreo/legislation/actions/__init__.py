"""Writing of laws: instruments, versions, stages, verdicts."""
