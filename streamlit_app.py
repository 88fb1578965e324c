"""The entry: `streamlit run` imports it for the server, `app`, and then runs it as the script of every visit."""

import streamlit as st
from starlette.middleware import Middleware

from pages.ui.shared import frame, hosts

if __name__ == "__main__":
    frame.run_app()
else:
    app = st.App(__file__, middleware=[Middleware(hosts.HostCheck)])
