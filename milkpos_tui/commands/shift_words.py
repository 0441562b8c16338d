"""What the commands of shifts say: lines for people, and the list of Zs as CSV."""

import csv
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from milkpos_tui.commands.names import report_names
from milkpos_tui.domain.cart import TenderKind
from milkpos_tui.domain.money import show_rupees
from milkpos_tui.domain.shift import show_difference
from milkpos_tui.domain.text import spreadsheet_cell
from milkpos_tui.services.records import time_in_india
from milkpos_tui.services.reports import told_difference

if TYPE_CHECKING:
    from milkpos_tui.services.records import Draft, Shift
    from milkpos_tui.services.takings import CountRecord, Report

_MONEY = ("sold", "refunded", "total", "float", "in", "out", "dropped")


def reports_csv(reports: "Iterable[Report]") -> str:
    """A line for each Z; a tender that was not counted has an empty cell."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    kinds = [kind.value for kind in TenderKind]
    ways = ("expected", "counted", "difference")
    head = [
        "counter",
        "z",
        "business_date",
        "shift",
        "opened_at",
        "closed_at",
        "operator",
        "closed_by",
    ]
    head += ["bills", "returns", *_MONEY]
    writer.writerow([*head, *(f"{kind}_{way}" for kind in kinds for way in ways), "reason", "head"])
    for report in reports:
        writer.writerow(_csv_row(report))
    return file.getvalue()


def _csv_row(report: "Report") -> list[str]:
    names, closed = report_names(report), report.closed
    assert closed is not None, "a list has Zs alone"
    shift, takings, moves = report.shift, report.takings, report.moves
    money = (
        takings.sold_paise,
        takings.refunded_paise,
        takings.total_paise,
        shift.float_paise,
        moves.in_paise,
        moves.out_paise,
        moves.dropped_paise,
    )
    checks = {check.kind: check for check in report.checks}
    cells = [shift.counter, str(closed.number), shift.business_date, shift.name]
    cells += [str(names["opened_at"]), str(names["closed_at"]), shift.operator, closed.operator]
    cells += [str(takings.bills), str(takings.returns), *map(_plain, money)]
    for kind in TenderKind:
        check = checks.get(kind)
        counted = check.counted_paise if check else None
        cells.append(_plain(check.expected_paise) if check else "")
        cells.append("" if counted is None else _plain(counted))
        cells.append("" if counted is None or check is None else _plain(check.difference_paise))
    return [*cells, spreadsheet_cell(closed.reason), closed.head_hash]


def _plain(paise: int) -> str:
    return show_rupees(paise).replace(",", "")


def shift_told(shift: "Shift") -> list[str]:
    """Who answers for which drawer."""
    return [
        f"counter {shift.counter}: {shift.name} of {shift.business_date}, "
        f"{shift.operator} answers for it, float Rs {show_rupees(shift.float_paise)}"
    ]


def left_told(name: str, draft: "Draft") -> str:
    """A bill that is not paid."""
    paid = draft.cart.tendered_paise
    so_far = f", Rs {show_rupees(paid)} paid" if paid else ""
    return (
        f"unpaid bill {name}: {len(draft.cart.lines)} lines, "
        f"Rs {show_rupees(draft.cart.total_paise)}{so_far}"
    )


def sums_told(report: "Report") -> list[str]:
    """What a shift came to so far."""
    takings = report.takings
    told = [
        f"{takings.bills} bills, {takings.returns} returns, Rs {show_rupees(takings.total_paise)}"
    ]
    return told + [
        f"{check.kind.value}: Rs {show_rupees(check.expected_paise)} expected"
        for check in report.checks
    ]


def count_told(record: "CountRecord") -> list[str]:
    """What was counted of each tender, beside what should be there."""
    return [
        f"{check.kind.value}: "
        + (
            f"Rs {show_rupees(check.expected_paise)} expected, not counted"
            if check.counted_paise is None
            else f"Rs {show_rupees(check.counted_paise)} counted, "
            f"Rs {show_rupees(check.expected_paise)} expected: "
            f"{show_difference(check.difference_paise)}"
        )
        for check in record.checks
    ]


def standing_told(record: "CountRecord") -> str:
    """A count made before, by what was counted alone."""
    sums = [
        f"{check.kind.value} Rs {show_rupees(check.counted_paise)}"
        for check in record.checks
        if check.counted_paise is not None
    ]
    return f"{record.operator} counted at {time_in_india(record.at)[11:16]}: {', '.join(sums)}."


def report_told(report: "Report") -> str:
    """A Z in a line."""
    shift, closed = report.shift, report.closed
    assert closed is not None, "a list has Zs alone"
    return (
        f"Z {closed.number:5} {shift.business_date} {shift.name:10} {shift.operator:12} "
        f"{report.takings.bills:5} bills {show_rupees(report.takings.total_paise):>14}  "
        f"{told_difference(report.checks)}"
    )
