"""What an owner may set for the shop: each setting with its usual value and its rule, once."""

from collections.abc import Callable
from typing import NamedTuple

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import Role, parse_role
from milkpos_tui.domain.tax import parse_percent
from milkpos_tui.domain.text import clean

VALUE_MAX = 400


class Setting(NamedTuple):
    """One setting. `check` raises Refused for a value that has no meaning there."""

    name: str
    usual: str
    tells: str
    check: Callable[[str], object]


def parse_seconds(text: str) -> int:
    """Whole seconds, at most a day. Refused for anything else."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= 86_400):
        raise Refused("setting-value", f"'{text}' is not a number of seconds from 0 to 86400")
    return int(text)


def parse_yes_no(text: str) -> bool:
    """`yes` or `no`. Refused for anything else."""
    if text not in ("yes", "no"):
        raise Refused("setting-value", f"'{text}' is neither yes nor no")
    return text == "yes"


def parse_roles(text: str) -> frozenset[Role]:
    """Roles, separated by commas; `none` for nobody. Refused for any other word."""
    if text == "none":
        return frozenset()
    return frozenset(parse_role(word) for word in text.split(","))


def _check_shift_names(text: str) -> None:
    from milkpos_tui.domain.shift import parse_shift_names  # which a start does not need

    parse_shift_names(text)


def _check_tares(text: str) -> None:
    from milkpos_tui.domain.tares import parse_tares  # which a start does not need

    parse_tares(text)


def _some_text(text: str) -> str:
    if not text:
        raise Refused("setting-value", "a text is needed")
    return text


def _check_limit(text: str) -> None:
    from milkpos_tui.domain.khata import parse_limit

    parse_limit(text)


def _check_point_rates(text: str) -> None:
    from milkpos_tui.domain.loyalty import parse_point_rates

    parse_point_rates(text)


def _some_rupees(text: str) -> None:
    from milkpos_tui.domain.money import parse_rupees

    if not parse_rupees(text):
        raise Refused("setting-value", "it must be more than zero")


SHIFT_NAMES = Setting(
    "shift-names",
    "morning=04:00,evening=14:00",
    "the day's shifts, and when each begins",
    _check_shift_names,
)
DECLARATION = Setting(
    "declaration",
    "I counted the cash in this drawer. I answer for it and for every sale until I hand it over.",
    "what is read and accepted when a shift is opened",
    _some_text,
)
BLIND_COUNT = Setting(
    "blind-count", "yes", "whether the expected cash is hidden until it was counted", parse_yes_no
)
DISCOUNT_LIMIT = Setting(
    "discount-limit", "10", "percent that anybody may give off a line or a bill", parse_percent
)
REMOVE_WITHIN = Setting(
    "remove-within",
    "120",
    "seconds within which a line comes off without anybody's leave",
    parse_seconds,
)
LOCK_AFTER = Setting(
    "lock-after", "300", "seconds without a key after which the till locks; 0 never", parse_seconds
)
CREDIT_LIMIT = Setting(
    "credit-limit", "none", "rupees that a new customer may owe; none is no limit", _check_limit
)
LOYALTY = Setting(
    "loyalty",
    "none",
    "points for each Rs 100 by category, like sweets=2,*=1; none is no loyalty",
    _check_point_rates,
)
POINT_WORTH = Setting("point-worth", "1", "rupees that a point is worth", _some_rupees)

PRINT_SLIPS = Setting(
    "print-slips", "yes", "whether each bill's slip is printed by itself", parse_yes_no
)
PRINT_Z = Setting("print-z", "yes", "whether the Z is printed when a shift is closed", parse_yes_no)
WEIGH_BY_ITSELF = Setting(
    "weigh-by-itself",
    "no",
    "whether an item by weight takes what is on the scale without F5",
    parse_yes_no,
)
TARES = Setting(
    "tares",
    "",
    "containers and their grams, like dabba=120, 5 L can=940",
    _check_tares,
)
GREETING = Setting(
    "greeting", "Welcome", "what a customer display shows while nothing is sold", _some_text
)

FINGER_INSTEAD = Setting(
    "finger-instead",
    "none",
    "roles for which a finger is enough instead of the PIN, like cashier,supervisor; or none",
    parse_roles,
)
FINGER_ALSO = Setting(
    "finger-also",
    "none",
    "roles that need a finger as well as the PIN, like manager,owner; or none",
    parse_roles,
)


def _check_formula(text: str) -> None:
    from milkpos_tui.domain.collection import parse_formula  # which a start does not need

    parse_formula(text)


SNF_FORMULA = Setting(
    "snf-formula",
    "isi",
    "how SNF follows from CLR and fat: isi, richmond, or a/b like 0.21/0.36",
    _check_formula,
)


def _check_template(text: str) -> None:
    if text:
        from milkpos_tui.domain.messages import check_template, template_rows

        check_template(template_rows(text))


MESSAGES = Setting(
    "messages",
    "no",
    "whether a month's run sends its bills' texts, by every channel that is set up",
    parse_yes_no,
)
TEMPLATES = {
    language: Setting(
        f"message-{language}",
        "",
        f"the shop's own text of what is due, in language {language}; | begins a row",
        _check_template,
    )
    for language in ("en", "hi", "kn", "ta", "mr", "te")
}

SETTINGS = {
    setting.name: setting
    for setting in (
        SHIFT_NAMES,
        DECLARATION,
        BLIND_COUNT,
        DISCOUNT_LIMIT,
        REMOVE_WITHIN,
        LOCK_AFTER,
        CREDIT_LIMIT,
        LOYALTY,
        POINT_WORTH,
        PRINT_SLIPS,
        PRINT_Z,
        WEIGH_BY_ITSELF,
        TARES,
        GREETING,
        FINGER_INSTEAD,
        FINGER_ALSO,
        SNF_FORMULA,
        MESSAGES,
        *TEMPLATES.values(),
    )
}


def check_setting(name: str, value: str) -> tuple[Setting, str]:
    """The setting of a name and its new value, cleaned. Refused for no such setting, or where the
    value breaks its rule."""
    setting = SETTINGS.get(name.strip().lower())
    if setting is None:
        raise Refused(
            "setting-unknown", f"there is no setting '{name}', only {', '.join(SETTINGS)}"
        )
    value = clean(value, limit=VALUE_MAX + 1)
    if len(value) > VALUE_MAX:  # cut, it would say something else
        raise Refused("setting-value", f"a setting has at most {VALUE_MAX} characters")
    setting.check(value)
    return setting, value
