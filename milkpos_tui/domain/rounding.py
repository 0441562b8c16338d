"""The one rounding rule: half up, away from zero, so that a return mirrors its sale."""


def half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` to the nearest integer, halves away from zero.

    >>> half_up(5, 2), half_up(-5, 2), half_up(7, 3)
    (3, -3, 2)
    """
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    if numerator < 0:
        return -((-2 * numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def apportion(total: int, weights: list[int]) -> list[int]:
    """Split `total` by `weights` (largest remainder), so that the shares add up to it exactly.

    Shares never exceed their weight when `total` does not exceed the sum of the weights.
    """
    whole = sum(weights)
    if whole <= 0 or total < 0 or min(weights) < 0:
        raise ValueError("weights must be positive in sum and the total not negative")
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares
