"""The command line: one module a group, loaded when it is used. The contract: docs/cli.md."""
