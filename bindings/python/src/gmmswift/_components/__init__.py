"""How many components: fits of several numbers of them, and components merged into clusters."""
