"""Audiences: who is meant, as a rule over facts of people, and who that is today."""
