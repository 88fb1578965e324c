"""Every choice as a frozen record that checks itself: model options, a whole run, presets, experiments.

Imported by every package but the ground floor.
Start at `run_config.RunConfig`, `options.CnnOptions`, `presets.PRESETS`.
"""
