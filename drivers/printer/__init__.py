"""Receipt printers and the cash drawer: what is printed, its bytes, and the lines they go over."""
