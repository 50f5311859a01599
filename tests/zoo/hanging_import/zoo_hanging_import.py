"""Never ends being imported, and prints when somebody has long stopped waiting."""

import time

while True:
    time.sleep(0.05)
    print("still here")
