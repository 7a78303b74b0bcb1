"""Commands of manage.py that we say in our own way."""
