"""Networks: what they are, their files, running them and training them. The only user of torch."""
