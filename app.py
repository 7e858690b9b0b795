"""The app's front door: `streamlit run app.py`, or `optimiser app`."""

from optimiser.app_pages.main import main

if __name__ == "__main__":  # a process that a page starts for its work reads this file too, and must not open the app
    main()
