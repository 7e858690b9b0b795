"""The app's front door: `streamlit run app.py`, or `optimiser app`."""

import streamlit as st

from optimiser.app_pages.main import main
from optimiser.app_pages.shell.launch import SCRIPT, gates, routes

app = st.App(
    SCRIPT, routes=routes(), middleware=gates()
)  # what `streamlit run` serves, behind the same gate as `optimiser app`

if __name__ == "__main__":  # a page drawn from this file itself, as tests do
    main()
