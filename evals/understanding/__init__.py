"""The held-aside set: what staff say in words nobody trained on, and what should be understood."""
