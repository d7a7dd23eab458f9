"""Check digits: Luhn (ISO/IEC 7812), mod 97 (ISO 7064 for ISO 13616), GS1, ISIN."""

from typing import Final

_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn_digit(digits: str) -> str:
    """The digit that makes `digits` followed by it pass the Luhn check."""
    total = sum(
        _DOUBLED[int(digit)] if index % 2 == 0 else int(digit)
        for index, digit in enumerate(reversed(digits))
    )
    return str(-total % 10)


def iban(country: str, account: str) -> str:
    """The IBAN of an account: country, two check digits, then the account as it is.

    Args:
        country: Two capital letters.
        account: Digits and capital letters, of the length that the country uses.
    """
    rearranged = "".join(str(int(letter, 36)) for letter in f"{account}{country}00")
    return f"{country}{98 - int(rearranged) % 97:02d}{account}"


def gs1_digit(digits: str) -> str:
    """The last digit of a GTIN (barcode) whose other digits are `digits`."""
    total = sum(int(digit) * (3, 1)[index % 2] for index, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def isin(country: str, number: str) -> str:
    """The ISIN of a national number of nine letters and digits (ISO 6166)."""
    expanded = "".join(str(int(letter, 36)) for letter in f"{country}{number}")
    return f"{country}{number}{luhn_digit(expanded)}"
