"""Threat reports: the engine that reads them, the findings that live on, the letters that go out and what is answered."""
