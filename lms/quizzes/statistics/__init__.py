"""Statistics of exams: what attempts add up to, for the exam, its questions, their answers and its objectives."""
