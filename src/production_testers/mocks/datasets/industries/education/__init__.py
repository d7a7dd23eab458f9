"""Education: submissions of an exam, with points and marks."""
