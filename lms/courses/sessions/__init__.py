"""Live sessions: dates with seats, bookings with a waiting list, attendance, and what calendars are told."""
