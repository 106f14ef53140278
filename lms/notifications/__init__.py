"""Notifications: how every feature tells people something, in the portal and by mail."""
