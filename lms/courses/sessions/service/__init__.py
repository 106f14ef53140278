"""Every write of live sessions."""
