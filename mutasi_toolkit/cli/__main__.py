"""`python -m mutasi_toolkit.cli` is `mutasi`."""

import sys

from mutasi_toolkit.cli import main

sys.exit(main())
