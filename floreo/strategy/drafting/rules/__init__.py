"""One rule for each kind of row: what in the text announces it, and where its passage starts and ends."""
