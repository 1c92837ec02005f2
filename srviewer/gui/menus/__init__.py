"""Actions of menus and tool bar."""
