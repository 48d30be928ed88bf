"""Where people meet it: the wiring, the settings, the command line, the API and the page."""
