"""Questions, quizzes and exams."""
