"""The Build screen: the stack of layers, the settings of one, its formulas, the findings."""
