"""Formats that courses are written in: each turns files or text into values, without a database."""
