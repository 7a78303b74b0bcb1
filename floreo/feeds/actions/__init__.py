"""Writing of feeds: receiving reports, taking in what the engine says of them, notices, answers."""
