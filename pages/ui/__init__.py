"""What pages share; Streamlit ignores subfolders of pages/."""
