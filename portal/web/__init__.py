"""Pages: one package per audience over shared request handling."""
