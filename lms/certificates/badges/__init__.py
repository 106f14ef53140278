"""Badges: each certificate as an Open Badges 3.0 credential, its state in a public list, its picture to share."""
