"""The pages of the routing plan: its versions, the editor, trial and replay."""
