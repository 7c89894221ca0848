"""What a password must have, beside what Django's own validators refuse."""

from typing import Any

from django.core.exceptions import ValidationError

MIN_LENGTH, MAX_LENGTH = 8, 128


class LengthValidator:
    """8 to 128 code points."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < MIN_LENGTH:
            raise ValidationError(f"Use at least {MIN_LENGTH} characters.", code="min_length")
        if len(password) > MAX_LENGTH:
            raise ValidationError(f"Use at most {MAX_LENGTH} characters.", code="max_length")

    def get_help_text(self) -> str:
        return f"{MIN_LENGTH} to {MAX_LENGTH} characters."


class LettersAndDigitsValidator:
    """Letters and digits, both, of any script."""

    def validate(self, password: str, user: Any = None) -> None:
        if not any(map(str.isalpha, password)) or not any(map(str.isdigit, password)):
            raise ValidationError("Use both letters and digits.", code="letters_and_digits")

    def get_help_text(self) -> str:
        return "Both letters and digits."
