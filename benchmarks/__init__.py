"""Speed beside yardsticks of the same run."""
