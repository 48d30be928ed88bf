"""The canonical events that systems tell each other, versioned, with exported JSON Schema."""
