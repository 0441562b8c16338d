"""What is copied to a counter's machine. That udev and systemd take it: `make test-hardware`."""

import configparser
import re
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES = (DEPLOY / "70-milkpos.rules").read_text()
PART = re.compile(r'([A-Z_]+)(?:\{([A-Za-z_/]+)\})?(==|!=|\+=|=)"([^"]*)"')
MATCHES = {"ACTION", "SUBSYSTEM", "KERNEL", "ATTRS", "ENV"}
ASSIGNS = {"GROUP": "=", "MODE": "=", "SYMLINK": "+=", "ENV": "=", "GOTO": "=", "LABEL": "="}


def rules():
    lines = [line for line in RULES.splitlines() if line and not line.startswith("#")]
    return [[PART.fullmatch(part.strip()) for part in line.split(", ")] for line in lines]


@pytest.mark.parametrize("rule", rules())
def test_each_rule_is_one(rule):
    assert all(rule)
    for part in rule:
        key, _, how, value = part.groups()
        assert value
        assert (key in MATCHES) if how in ("==", "!=") else (ASSIGNS[key] == how)


def test_who_gets_a_device_gets_it_whole():
    given = [
        {part[1]: part[4] for part in rule}
        for rule in rules()
        if any(p[1] == "GROUP" for p in rule)
    ]
    assert len(given) == 3
    assert {(each["GROUP"], each["MODE"]) for each in given} == {("milkpos", "0660")}


def test_each_way_out_leads_forward():
    labels = {value: at for at, rule in enumerate(rules()) for value in _values(rule, "LABEL")}
    jumps = [(at, value) for at, rule in enumerate(rules()) for value in _values(rule, "GOTO")]
    assert {value for _, value in jumps} == set(labels)
    assert all(labels[value] > at for at, value in jumps)


def _values(rule, key):
    return [part[4] for part in rule if part[1] == key]


def test_the_unit():
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str
    unit.read_string((DEPLOY / "milkpos.service").read_text())
    service = unit["Service"]
    assert (service["User"], service["TTYPath"]) == ("milkpos", "/dev/tty1")
    assert "UTF-8" in service["Environment"]
    assert "MILKPOS_HOME=/var/lib/milkpos" in service["Environment"]


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_each_file_is_told_of(path):
    assert path.name in (DEPLOY / "README.md").read_text() + "README.md"
