// Looks again while an export is being written.
"use strict";

setTimeout(() => location.reload(), 1000);
