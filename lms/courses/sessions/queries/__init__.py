"""Every SELECT of live sessions."""
