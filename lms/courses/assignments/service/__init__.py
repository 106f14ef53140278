"""Every write of assignments: setting up, drafting, handing in, marking, telling, erasing."""
