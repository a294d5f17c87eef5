"""How like real images those are that something drew."""
