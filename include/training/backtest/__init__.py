"""The paired backtest: champion and challenger by what the same users did after both were trained."""
