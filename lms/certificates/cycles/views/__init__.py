"""The pages of cycles: a programme's certifications, one's own certificates, a team's."""
