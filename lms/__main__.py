"""`python -m lms`: the command line without an installed script."""

from lms.app.entry import main

if __name__ == "__main__":
    main()
