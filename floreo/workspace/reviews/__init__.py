"""Review periods at the desk: their rhythm, who is asked, what they answered, and deciding about it."""
