"""Review periods in the workspace: their rhythm, who is asked, what they answered, and deciding about it."""
