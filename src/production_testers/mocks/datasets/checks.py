"""Check digits of payment cards (Luhn) and bank accounts (ISO 13616, mod 97)."""

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
