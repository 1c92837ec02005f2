"""Networks: their layers, model files, inference and training. The only user of torch."""

import os

# OpenMP's threads spin while they wait for each other. Beside any other load, such as the window's
# own, that makes a convolution up to ten times slower, so they sleep instead. OpenMP reads this
# when torch is loaded, which only the modules below here do.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
