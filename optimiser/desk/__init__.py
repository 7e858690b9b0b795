"""What the app works with, without Streamlit: drafts that are open, work in other processes, questions."""
