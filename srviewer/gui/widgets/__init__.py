"""Controls that know no study: forms, labels, notices."""
