"""The core: decides. It knows no Slack, no SQL and no model vendor.

Its matrices are small. On several threads the linear algebra is no quicker, but each of them spins
while it waits for the next product, which doubled the CPU of a ticket. The library reads this when
NumPy is first imported; whoever sets another number keeps it.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
