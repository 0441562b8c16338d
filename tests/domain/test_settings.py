"""What an owner may set: every setting keeps its own rule, and its usual value keeps it too."""

import pytest

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.settings import (
    BLIND_COUNT,
    CREDIT_LIMIT,
    DECLARATION,
    DISCOUNT_LIMIT,
    FINGER_ALSO,
    FINGER_INSTEAD,
    GREETING,
    LOCK_AFTER,
    LOYALTY,
    MESSAGES,
    POINT_WORTH,
    PRINT_SLIPS,
    PRINT_Z,
    REMOVE_WITHIN,
    SETTINGS,
    SHIFT_NAMES,
    SNF_FORMULA,
    TARES,
    TEMPLATES,
    VALUE_MAX,
    WEIGH_BY_ITSELF,
    check_setting,
    parse_seconds,
    parse_yes_no,
)

GOOD = {
    SHIFT_NAMES: ["day=06:00", "morning=04:00,noon=11:00,evening=16:30", "सुबह=04:00"],
    DECLARATION: ["I answer for it.", "मैं ज़िम्मेदार हूँ", "x" * VALUE_MAX],
    BLIND_COUNT: ["yes", "no"],
    DISCOUNT_LIMIT: ["0", "5", "12.5", "100"],
    REMOVE_WITHIN: ["0", "120", "86400"],
    LOCK_AFTER: ["0", "300", "86400"],
    LOYALTY: ["none", "*=1", "sweets=2, ghee = 3,*=0", "दूध=1"],
    POINT_WORTH: ["1", "0.25"],
    CREDIT_LIMIT: ["none", "None", "0", "3000", "2500.50"],
    PRINT_SLIPS: ["yes", "no"],
    PRINT_Z: ["yes", "no"],
    WEIGH_BY_ITSELF: ["yes", "no"],
    TARES: ["", "dabba=120", "डब्बा=120 g, 5 L can=940"],
    GREETING: ["Welcome", "नमस्ते"],
    MESSAGES: ["yes", "no"],
    **{template: [""] for template in TEMPLATES.values()},
    FINGER_INSTEAD: ["none", "cashier", "cashier,supervisor", "Cashier, owner"],
    FINGER_ALSO: ["none", "owner"],
    SNF_FORMULA: ["isi", "Richmond", "0.21/0.36", ".2/.14"],
}
BAD = {
    SHIFT_NAMES: [("", "shift-names"), ("morning", "shift-names"), ("a=25:00", "shift-names")],
    DECLARATION: [
        ("", "setting-value"),
        (" \x1b ", "setting-value"),
        ("x" * (VALUE_MAX + 1), "setting-value"),
    ],
    BLIND_COUNT: [("", "setting-value"), ("Yes", "setting-value"), ("1", "setting-value")],
    DISCOUNT_LIMIT: [("", "percent"), ("-1", "percent"), ("100.01", "percent"), ("ten", "percent")],
    REMOVE_WITHIN: [
        ("", "setting-value"),
        ("-1", "setting-value"),
        ("86401", "setting-value"),
        ("1.5", "setting-value"),
        ("9" * 50, "setting-value"),
        ("१२०", "setting-value"),
        ("²", "setting-value"),
    ],
    LOYALTY: [
        ("", "loyalty"),
        ("sweets", "loyalty"),
        ("=1", "loyalty"),
        ("*=101", "loyalty"),
        ("a=1,A=2", "loyalty"),
        ("a=1.5", "loyalty"),
    ],
    POINT_WORTH: [("", "amount-unreadable"), ("0", "setting-value"), ("1.005", "amount-decimals")],
    CREDIT_LIMIT: [
        ("", "amount-unreadable"),
        ("-1", "amount-unreadable"),
        ("1.005", "amount-decimals"),
    ],
    SNF_FORMULA: [("", "snf-formula"), ("guess", "snf-formula"), ("0.2101/0", "snf-formula")],
    LOCK_AFTER: [("never", "setting-value"), ("86401", "setting-value"), ("+5", "setting-value")],
    PRINT_SLIPS: [("maybe", "setting-value")],
    PRINT_Z: [("", "setting-value")],
    WEIGH_BY_ITSELF: [("on", "setting-value")],
    TARES: [
        ("dabba", "setting-value"),
        ("=120", "setting-value"),
        ("dabba=0", "setting-value"),
        ("dabba=50001", "setting-value"),
        ("dabba=1.5", "setting-value"),
        ("dabba=120, Dabba=130", "setting-value"),
        (", ".join(f"can {number}=1" for number in range(21)), "setting-value"),
    ],
    GREETING: [("", "setting-value")],
    MESSAGES: [("soon", "setting-value")],
    **{template: [("{nobody}", "template")] for template in TEMPLATES.values()},
    FINGER_INSTEAD: [("", "role"), ("boss", "role"), ("none,owner", "role"), ("owner,", "role")],
    FINGER_ALSO: [("all", "role")],
}


def cases(table):
    return [(setting, value) for setting, values in table.items() for value in values]


def test_every_setting_is_tested():
    assert {setting.name: setting for setting in GOOD} == SETTINGS
    assert GOOD.keys() == BAD.keys()


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda one: one.name)
def test_the_usual_value_keeps_the_rule(setting):
    assert check_setting(setting.name, setting.usual) == (setting, setting.usual)
    assert setting.tells


@pytest.mark.parametrize(("setting", "value"), cases(GOOD))
def test_what_may_be_set(setting, value):
    assert check_setting(setting.name, value) == (setting, value)


@pytest.mark.parametrize(("setting", "wrong"), cases(BAD))
def test_what_may_not(setting, wrong):
    value, code = wrong
    with pytest.raises(Refused) as refused:
        check_setting(setting.name, value)
    assert refused.value.code == code


def test_a_value_is_cleaned():
    assert check_setting("declaration", "  I\tanswer\x1b[2J\u202e for it ") == (
        DECLARATION,
        "I answer[2J for it",
    )


@pytest.mark.parametrize("name", ["blind-count", " Blind-Count ", "BLIND-COUNT"])
def test_a_setting_by_its_name(name):
    assert check_setting(name, "no") == (BLIND_COUNT, "no")


@pytest.mark.parametrize("name", ["", "blind", "blind_count", "blind-counts"])
def test_no_such_setting(name):
    with pytest.raises(Refused, match="only shift-names, declaration, blind-count") as refused:
        check_setting(name, "no")
    assert refused.value.code == "setting-unknown"


def test_what_values_mean():
    assert (parse_yes_no("yes"), parse_yes_no("no")) == (True, False)
    assert [parse_seconds(text) for text in ("0", "120", "86400")] == [0, 120, 86_400]
