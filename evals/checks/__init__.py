"""What the sentences of a dialogue mean, by subject; the hospital's own rows decide, read here anew."""
