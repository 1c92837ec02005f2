"""The rows of the menus, a file for each menu of the menu bar."""
