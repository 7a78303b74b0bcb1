"""Tags of the workspace's own pages."""
