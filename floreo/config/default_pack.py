"""Which pack an installation takes when nobody says. The only place where a pack is named."""

DEFAULT_PACK = "belize"
