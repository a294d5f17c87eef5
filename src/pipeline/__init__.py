"""Leak-free, reproducible experiments with text classifiers, from raw messages to a report with intervals."""
