import sys

from vitascope.cli import main

sys.exit(main())
