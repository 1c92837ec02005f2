"""What each part of the network is worth at equal cost: the tables of docs/model-design.md."""
