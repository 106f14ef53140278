"""What others in quizzes may do to an attempt: mark an answer, let go of files, and take part in a survey."""

from lms.quizzes.attempts import service

decide_late = service.decide_late
put_mark = service.put_mark
mark_anew = service.mark_anew
erase_files = service.erase_files
extend_attempts = service.extend_attempts
get_exam = service.get_exam
draw_paper = service.draw_paper
take_part = service.take_part
