"""One public JSON API, made from every app's tables."""
