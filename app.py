"""The app's front door: `streamlit run app.py`, or `optimiser app`."""

from optimiser.app_pages.main import main

main()
