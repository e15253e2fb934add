"""Start under the Slack CLI: `slack run` runs this file and hands the tokens over by environment."""

import sys

from bot.__main__ import main

if __name__ == "__main__":
    sys.argv[1:] = ["run"]
    main()
