"""Money as whole micro-units. Never a float."""


def micros_of(text: str) -> int:
    """"0.30" to 300000. At most six decimals."""
    whole, _, decimals = text.partition(".")
    if not whole.isdecimal() or len(decimals) > 6 or (decimals and not decimals.isdecimal()):
        raise ValueError(f"{text!r} is not an amount")
    return int(whole) * 1_000_000 + int(decimals.ljust(6, "0"))


def text_of(micros: int) -> str:
    """300000 to "0.30"."""
    decimals = f"{micros % 1_000_000:06d}".rstrip("0").ljust(2, "0")
    return f"{micros // 1_000_000}.{decimals}"
