"""What the build of a message says about its matter, a file per field, where the classifier is unsure or misled."""
