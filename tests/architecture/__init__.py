"""The house: floors, rooms, doors, and what every template and module keeps."""
