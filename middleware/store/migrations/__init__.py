"""How the tables came to be, step by step; a step is never edited once it was released."""
