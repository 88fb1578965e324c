"""Runs in another process: started, paused, stopped and followed from the page and the command line.

Imported by `figures`, the pages and the command line. Start at `control.start`, `worker.Scheduler`, `protocol`.
"""
