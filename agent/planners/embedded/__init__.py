"""Language without a model: grammar, lexicon and classifier read dates, names and intents in a sentence."""
