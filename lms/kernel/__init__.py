"""The kernel: what every feature stands on and nothing a feature knows."""
