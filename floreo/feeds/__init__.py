"""Threat reports: the engine that reads them, the findings that live on, the notices that go out and what is answered."""
