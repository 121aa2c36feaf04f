"""The child process that renders: it is started by file, isolated, and imports nothing else of the portal."""
