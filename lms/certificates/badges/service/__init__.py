"""What is done with badges: a place is drawn, a badge is made, a picture painted."""
