"""Files that are no table with a heading line: how one is set out, as data; one generated SELECT that sets it right, before the engine
reads it; and a guess of all of it."""
