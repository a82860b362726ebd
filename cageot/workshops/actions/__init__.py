"""What is done to workshops. Each module is one kind of work; refusals stand beside the action that raises them."""
