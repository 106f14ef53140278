"""The bank: questions with their versions, quizzes that draw from them, and how both come in."""
