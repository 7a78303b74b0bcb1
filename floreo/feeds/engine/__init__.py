"""From the bytes of a report to events: pure functions over Arrow tables. Imports no Django, so that it runs anywhere."""
