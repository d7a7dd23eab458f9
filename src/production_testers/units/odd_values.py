"""Values that are proper and seldom thought of: what adversarial usages are drawn with."""

from random import Random

from production_testers.model.canonical import Json

TEXTS = (
    "",
    " ",
    "\n",
    "a\r\nb",
    "tab\tand\\back\"slash'",
    "{curly} {0} %s {{}}",
    "</tag><tag a='1'>",
    "~/path/~1~0",
    "naïve café",
    "naïve",
    "Straße İstanbul ǅ",
    "中文 العربية עברית हिन्दी",
    "👩‍👩‍👧‍👦 🏳️‍🌈",
    "zero\u200bwidth\u2060joined\ufeff",
    "right\u202eto left",
    "line\u2028separator\u2029",
    "null\x00byte",
    "x" * 5_000,
)
"""Empty, white, marked up, in many scripts, composed and decomposed, invisible, long."""

NUMBERS: tuple[float, ...] = (0, -1, 2**31, 2**53 + 1, -(2**63), 0.1, 1e-300, 1e300)
"""At the limits of what other languages and formats hold."""


def text(random: Random) -> str:
    """One of the texts, now and then two of them together."""
    one = random.choice(TEXTS)
    return one + random.choice(TEXTS) if random.random() < 0.2 else one


def value(random: Random, depth: int = 2) -> Json:
    """Any JSON value, nested up to `depth`."""
    kinds = ("text", "number", "flag", "none", "list", "mapping")
    kind = random.choice(kinds[: 4 if depth == 0 else 6])
    if kind == "text":
        return text(random)
    if kind == "number":
        return random.choice(NUMBERS)
    if kind == "flag":
        return random.choice((True, False))
    if kind == "list":
        return [value(random, depth - 1) for _ in range(random.randint(0, 3))]
    if kind == "mapping":
        return {text(random): value(random, depth - 1) for _ in range(random.randint(0, 3))}
    return None
