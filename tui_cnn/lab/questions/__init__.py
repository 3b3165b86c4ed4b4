"""Questions of the lessons: drawn with other numbers each time, and answered by the code that draws the screen."""
