"""What lets a person sit an exam: the time that is theirs beyond its own."""
