"""Identity: people, organisations, regions, brands, positions, employment, sign-in and roles."""
