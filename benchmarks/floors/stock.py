"""The floor of stock widgets: a bill in a DataTable, an Input to type in, the total in a Static.

`python stock.py 50` begins with fifty lines on the bill. Every line costs 45.00.
"""

import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Input, Static

PRICE_RUPEES = 45


class StockFloor(App[None]):
    ENABLE_COMMAND_PALETTE = False
    CSS = "DataTable { height: 1fr; }"

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.lines_at_start = lines

    def compose(self) -> ComposeResult:
        yield DataTable(cursor_type="row")
        yield Static()
        yield Input(placeholder="READY")

    def on_mount(self) -> None:
        self.bill = self.query_one(DataTable)
        self.total = self.query_one(Static)
        self.bill.add_columns("No", "Item", "Qty", "Amount")
        for _ in range(self.lines_at_start):
            self.add_line("already there")
        self.show_total()
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.add_line(event.value)
        self.show_total()
        event.input.clear()

    def add_line(self, item: str) -> None:
        number = self.bill.row_count + 1
        self.bill.add_row(str(number), item, "1", f"{PRICE_RUPEES}.00")
        self.bill.move_cursor(row=number - 1)

    def show_total(self) -> None:
        self.total.update(f"TOTAL {self.bill.row_count * PRICE_RUPEES}.00")


if __name__ == "__main__":
    StockFloor(int(sys.argv[1])).run()
