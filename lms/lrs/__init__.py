"""The record store: xAPI statements, documents, agents and activities, for whoever holds a credential."""
