"""`milkpos setting`: what an owner may set for the shop."""

import typer

from milkpos_tui.commands.context import acting, opened, result

group = typer.Typer(no_args_is_help=True)


@group.command("list")
def list_settings() -> None:
    """Every setting, its value and what it is for.

    Example: milkpos setting list --json
    """
    with opened() as till:
        settings = till.settings.all()
    names: list[dict[str, object]] = [
        {"name": one.name, "value": value, "usual": one.usual, "tells": one.tells}
        for one, value in settings
    ]
    result(names, [f"{one.name:16} {value}\n{'':16}   {one.tells}" for one, value in settings])


@group.command("set")
def set_value(
    name: str = typer.Argument(..., metavar="NAME", help="As `milkpos setting list` names it."),
    value: str = typer.Argument(..., metavar="VALUE", help="Its new value."),
) -> None:
    """Another value for a setting, for all terminals of the shop.

    Example: milkpos setting set lock-after 120
    """
    with opened() as till:
        actor = acting(till)
        setting, now = till.settings.change(name, value, actor)
    result({"name": setting.name, "value": now}, [f"{setting.name} is {now}"])
