"""The launcher of this package, where Hydra looks for it."""
