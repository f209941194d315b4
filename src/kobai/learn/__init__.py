"""The lessons: how a neural network learns, with exercises that check themselves.

>>> from kobai.learn import check
>>> print(check("central_difference", lambda f, x, h: (f(x + h) - f(x - h)) / h, "en"))
✗ central_difference: It is twice the slope: between x − h and x + h lies 2h, not h.
"""

from kobai.learn.checker import check
from kobai.learn.course import find_lesson, lessons
from kobai.learn.source import Lesson
from kobai.learn.verdict import Verdict

__all__ = ["Lesson", "Verdict", "check", "find_lesson", "lessons"]
