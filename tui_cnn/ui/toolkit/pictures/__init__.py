"""Pictures as widgets: `Picture`, `Gallery`, `Matrix`, `Bars` and `Legend`; what they have in common is `Drawing`."""
